"""The dataset contract as frozen models: what a file must hold and what becomes of each row."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

ColumnType = Literal["text", "integer", "decimal", "date", "timestamp", "category"]
CleanStep = Literal["trim", "squeeze", "lower", "integer_text"]
DateFormat = Literal["iso", "iso-z", "iso-slash", "us"]
Outcome = Literal["quarantine", "null", "flag"]
FileFormat = Literal["csv", "xlsx", "json"]

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _mistake(sentence: str, *steps: str | int) -> PydanticCustomError:
    """Say of a mistake found between several places where, below the model that looks, it stands."""
    return PydanticCustomError("mistake", "{sentence}", {"sentence": sentence, "steps": steps})


def _null_is_a_word(value: object) -> object:
    return "null" if value is None else value


def _as_word(value: object) -> object:
    """Return what was written as ``yes`` or ``no``, which YAML takes for true and false."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _is_regular(pattern: str | None) -> str | None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


class Model(BaseModel):
    """Frozen, and strict about words it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Range(Model):
    """Bounds of a number: ``min`` and ``max`` are inside, ``above`` and ``below`` outside."""

    min: Decimal | None = None
    max: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a range needs at least one of min, max, above, below")
        return self

    @property
    def is_whole(self) -> bool:
        """Whether all bounds are whole numbers."""
        bounds = (self.min, self.max, self.above, self.below)
        return all(bound is None or bound == bound.to_integral_value() for bound in bounds)

    def in_words(self) -> str:
        """Say the range as a person would: ``more than 0 and at most 10,000``."""
        words = {"above": "more than", "min": "at least", "below": "less than", "max": "at most"}
        bounds = [f"{word} {getattr(self, name):,}" for name, word in words.items() if getattr(self, name) is not None]
        return " and ".join(bounds)


class Derive(Model):
    """A column computed from another: whole years from a date to the job's as-of time."""

    years_since: str


class Column(Model):
    """One column of silver.

    ``names`` (YAML: ``from``) are the names it may have in the file; none means its own. ``required``: a row
    without a value is quarantined. ``drop``: checked, then left out of silver. ``on_fail`` says what becomes of a
    value that breaks a rule of this column: its row is quarantined, the value is left empty, or it is kept and flagged.
    """

    label: str
    type: ColumnType = "text"
    names: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(default=(), alias="from")
    clean: tuple[CleanStep, ...] = ("trim",)
    required: bool = False
    formats: tuple[DateFormat, ...] = ("iso",)
    scale: int = Field(default=2, ge=0, le=8)
    one_of: tuple[str, ...] = ()
    map: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = Field(default=None, alias="else")
    pattern: Annotated[str | None, AfterValidator(_is_regular)] = None
    range: Range | None = None
    before: Literal["as_of"] | None = None
    normalise: Literal["email", "phone"] | None = None
    derive: Derive | None = None
    default: str | None = None
    drop: bool = False
    pii: Literal["identifier", "secret"] | None = None
    on_fail: Annotated[Outcome, BeforeValidator(_null_is_a_word)] = "quarantine"

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        needs = (
            ("range", self.range, {"integer", "decimal"}),
            ("before", self.before, {"date", "timestamp"}),
            ("derive", self.derive, {"integer"}),
            ("map", self.map, {"category"}),
            ("else", self.otherwise, {"category"}),
            ("normalise", self.normalise, {"text"}),
            ("clean: integer_text", "integer_text" in self.clean, {"integer"}),
            ("formats", "formats" in self.model_fields_set, {"date", "timestamp"}),
            ("scale", "scale" in self.model_fields_set, {"decimal"}),
        )
        for word, is_used, types in needs:
            if is_used and self.type not in types:
                raise ValueError(f"'{word}' needs type {' or '.join(sorted(types))}, not {self.type}")
        return self

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.pii == "secret" and not self.drop:
            raise ValueError("a secret must not reach silver: add 'drop: true'")
        if self.map and self.one_of:
            raise ValueError("'map' says what a value may be; leave 'one_of' out")
        if self.normalise and self.on_fail != "null":
            raise ValueError("what cannot be normalised is left empty: add 'on_fail: null'")
        if self.on_fail == "null" and self.required and not self.normalise:
            raise ValueError("a required value cannot be left empty: leave 'on_fail' or 'required' out")
        if self.type == "integer" and self.range and not self.range.is_whole:
            raise ValueError("the bounds of an integer are whole numbers")
        return self


class Dedupe(Model):
    """Which row of equal key wins: the latest by a column (``latest``), then the first as sent."""

    latest: str | None = None


class Rule(Model):
    """A rule between tables: each value of ``column`` must be a value of the column that ``references`` names."""

    column: str
    references: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")

    @property
    def target(self) -> tuple[str, str]:
        """The table and the column referred to."""
        table, _, column = self.references.partition(".")
        return table, column


class Source(Model):
    """Where a table's rows come from.

    Of a file of nested records, ``path`` is the object in each, by default named as the table. A file of one table is
    of one of the ``formats`` (csv with any delimiter); ``sheet`` is the name or the number, from 0, of a workbook's
    sheet, by default the one that fits; ``header`` says whether the names of the columns stand above the rows, which
    otherwise have the contract's columns in their order. ``auto`` looks for them.
    """

    path: str | None = None
    formats: Annotated[tuple[FileFormat, ...], BeforeValidator(_as_tuple)] = Field(
        default=("csv", "xlsx", "json"), min_length=1
    )
    sheet: Annotated[int, Field(ge=0)] | str | None = None
    header: Annotated[Literal["auto", "yes", "no"], BeforeValidator(_as_word)] = "auto"

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.sheet is not None and "xlsx" not in self.formats:
            raise ValueError("'sheet' needs xlsx among the formats")
        return self


class Table(Model):
    """One table: its columns in order, and its key, by which rows are recognised and loaded.

    ``fault_marker`` is a word by which the source itself marks faulty values, anywhere in a cell and in any case.
    """

    name: Identifier
    label: str
    source: Source = Source()
    key: tuple[str, ...] = Field(min_length=1)
    dedupe: Dedupe = Dedupe()
    fault_marker: str | None = Field(default=None, pattern=r"^[A-Za-z0-9 _-]+$")
    columns: dict[Identifier, Column] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _names_its_own_columns(self) -> Self:
        named: list[tuple[str, tuple[str | int, ...]]] = [(name, ("key",)) for name in self.key]
        named += [(rule.column, ("rules", number, "column")) for number, rule in enumerate(self.rules)]
        for name, column in self.columns.items():
            if column.derive:
                named.append((column.derive.years_since, ("columns", name, "derive", "years_since")))
        if self.dedupe.latest:
            named.append((self.dedupe.latest, ("dedupe", "latest")))
        for name, steps in named:
            if name not in self.columns:
                raise _mistake(f"the table {self.name!r} has no column {name!r}", *steps)
        return self

    @model_validator(mode="after")
    def _uses_its_columns_as_they_are(self) -> Self:
        for name in self.key:
            if not self.columns[name].required or self.columns[name].on_fail != "quarantine":
                raise _mistake(f"{name} is a key, so it needs 'required: true' and no 'on_fail'", "columns", name)
        if self.dedupe.latest and self.columns[self.dedupe.latest].type != "timestamp":
            raise _mistake(f"{self.dedupe.latest} is no timestamp, so none is the latest", "dedupe", "latest")
        for name, column in self.columns.items():
            if column.derive and self.columns[column.derive.years_since].type != "date":
                raise _mistake(f"{column.derive.years_since} is no date to count years from", "columns", name, "derive")
        return self

    @property
    def path(self) -> str:
        """The object of a nested record that holds this table's row."""
        return self.source.path or self.name


class Contract(Model):
    """The contract of a dataset: its version and its tables, in the order in which references resolve.

    ``mode: strict`` keeps the contract's columns alone. ``phone_region`` (ISO 3166) is where a telephone number without
    a country code belongs. ``files`` says whether a file holds rows of one table, or nested records that feed all of
    them. ``gold`` names functions of the dataset's ``gold.py``; without it, silver is published as it is under its own
    names, and what an earlier job has loaded can be referred to.
    """

    dataset: Identifier
    version: int = Field(ge=1)
    mode: Literal["strict"] = "strict"
    phone_region: str = Field(default="US", pattern="^[A-Z]{2}$")
    files: Literal["per_table", "all_tables"] = "per_table"
    tables: tuple[Table, ...] = Field(min_length=1)
    gold: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _resolves_its_references(self) -> Self:
        earlier: dict[str, Table] = {}
        for place, table in enumerate(self.tables):
            if table.name in earlier:
                raise _mistake(f"the table {table.name!r} is described twice", "tables", place, "name")
            for number, rule in enumerate(table.rules):
                target, column = rule.target
                steps = ("tables", place, "rules", number, "references")
                if target not in earlier:
                    raise _mistake(f"the table {target!r} must stand above {table.name!r}, which refers to it", *steps)
                if (column,) != earlier[target].key:
                    raise _mistake(f"{rule.references} is referred to but is not the key of {target!r}", *steps)
                if table.columns[rule.column].type != earlier[target].columns[column].type:
                    raise _mistake(f"{rule.column} and {rule.references} are of different types", *steps)
                if self.publishes_silver and earlier[target].columns[column].pii:
                    raise _mistake(f"{rule.references} is published as a token; no later job can refer to it", *steps)
            earlier[table.name] = table
        return self

    @model_validator(mode="after")
    def _takes_its_files_as_they_are(self) -> Self:
        words = {"path"} if self.files == "per_table" else {"formats", "sheet", "header"}
        for place, table in enumerate(self.tables):
            for word in sorted(words & table.source.model_fields_set):
                sentence = f"{word!r} has no effect with 'files: {self.files}'"
                raise _mistake(sentence, "tables", place, "source", word)
        return self

    @property
    def publishes_silver(self) -> bool:
        """Whether silver is what is published, each table under its own name."""
        return not self.gold
