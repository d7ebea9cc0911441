"""The dataset contract as frozen models: what a file must hold and what becomes of each row."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from shared.contracts.base import Identifier, Model, as_tuple, mistake
from shared.contracts.table import Table  # noqa: TC001 - the annotations are read when a contract is loaded


class Contract(Model):
    """The contract of a dataset: its version and its tables, in the order in which references resolve.

    ``mode: strict`` keeps the contract's columns alone. ``phone_region`` (ISO 3166) is where a telephone number without
    a country code belongs. ``files`` says whether a file holds rows of one table, or nested records that feed all of
    them. ``own`` are the kinds of file that the dataset's ``extract.py`` reads by itself; each such file feeds all
    tables, whatever ``files`` says of the others. ``gold`` names functions of the dataset's ``gold.py``; without it,
    silver is published as it is under its own names, and what an earlier job has loaded can be referred to.
    """

    dataset: Identifier
    version: int = Field(ge=1)
    mode: Literal["strict"] = "strict"
    phone_region: str = Field(default="US", pattern="^[A-Z]{2}$")
    files: Literal["per_table", "all_tables"] = "per_table"
    tables: tuple[Table, ...] = Field(min_length=1)
    own: Annotated[tuple[Literal["html"], ...], BeforeValidator(as_tuple)] = ()
    gold: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _resolves_its_references(self) -> Self:
        earlier: dict[str, Table] = {}
        for place, table in enumerate(self.tables):
            if table.name in earlier:
                raise mistake(f"the table {table.name!r} is described twice", "tables", place, "name")
            for number, rule in enumerate(table.rules):
                target, column = rule.target
                steps = ("tables", place, "rules", number, "references")
                if target not in earlier:
                    raise mistake(f"the table {target!r} must stand above {table.name!r}, which refers to it", *steps)
                if (column,) != earlier[target].key:
                    raise mistake(f"{rule.references} is referred to but is not the key of {target!r}", *steps)
                if table.columns[rule.column].type != earlier[target].columns[column].type:
                    raise mistake(f"{rule.column} and {rule.references} are of different types", *steps)
                if self.publishes_silver and earlier[target].columns[column].pii:
                    raise mistake(f"{rule.references} is published as a token; no later job can refer to it", *steps)
            earlier[table.name] = table
        return self

    @model_validator(mode="after")
    def _names_its_figures_apart(self) -> Self:
        taken: set[str] = set()
        for place, table in enumerate(self.tables):
            named = [(rule.id, ("rules", number, "id")) for number, rule in enumerate(table.rules) if rule.id]
            named += [(metric.name, ("metrics", number, "name")) for number, metric in enumerate(table.metrics)]
            for name, steps in named:
                if name in taken:
                    raise mistake(f"the scorecard has two figures named {name!r}", "tables", place, *steps)
                taken.add(name)
        return self

    @model_validator(mode="after")
    def _takes_its_files_as_they_are(self) -> Self:
        words = {"path"} if self.files == "per_table" else {"formats", "sheet", "header", "unknown_header"}
        for place, table in enumerate(self.tables):
            for word in sorted(words & table.source.model_fields_set):
                sentence = f"{word!r} has no effect with 'files: {self.files}'"
                raise mistake(sentence, "tables", place, "source", word)
            for name, column in table.columns.items():
                if column.mandatory and self.files == "all_tables":
                    sentence = "'mandatory' has no effect with 'files: all_tables'"
                    raise mistake(sentence, "tables", place, "columns", name, "mandatory")
        return self

    @model_validator(mode="after")
    def _knows_whose_other_files_are(self) -> Self:
        takers = [place for place, table in enumerate(self.tables) if table.source.unknown_header == "skip"]
        if len(takers) > 1:
            raise mistake("two tables take files of any header", "tables", takers[1], "source", "unknown_header")
        for place, table in enumerate(self.tables):
            for name, column in table.columns.items():
                if column.added and not self.own:
                    raise mistake("'added' has no effect without 'own'", "tables", place, "columns", name, "added")
        return self

    @property
    def publishes_silver(self) -> bool:
        """Whether silver is what is published, each table under its own name."""
        return not self.gold
