"""The dataset contract as frozen models: what a file must hold and what becomes of each row."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

ColumnType = Literal["text", "integer", "decimal", "date", "timestamp", "category"]
CleanStep = Literal["trim", "squeeze", "lower", "integer_text"]
DateFormat = Literal["iso", "iso-slash", "us"]
Outcome = Literal["quarantine", "repair", "null", "flag"]
Severity = Literal["info", "warning", "critical"]

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _mistake(sentence: str, *steps: str | int) -> PydanticCustomError:
    """Say of a mistake found between several places where, below the model that looks, it stands."""
    return PydanticCustomError("mistake", "{sentence}", {"sentence": sentence, "steps": steps})


def _null_is_a_word(value: object) -> object:
    return "null" if value is None else value


class Model(BaseModel):
    """Frozen, and strict about words it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


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
    without a value is quarantined. ``mandatory``: a file without the column fails as a whole. ``drop``: checked,
    then left out of silver. ``on_fail`` says what becomes of a value that breaks a rule of this column.
    """

    label: str
    type: ColumnType = "text"
    names: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(default=(), alias="from")
    clean: tuple[CleanStep, ...] = ("trim",)
    required: bool = False
    mandatory: bool = False
    formats: tuple[DateFormat, ...] = ("iso",)
    scale: int = Field(default=2, ge=0, le=8)
    one_of: tuple[str, ...] = ()
    map: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = Field(default=None, alias="else")
    pattern: str | None = None
    range: Range | None = None
    before: Literal["as_of"] | None = None
    normalise: Literal["email", "phone"] | None = None
    derive: Derive | None = None
    default: str | None = None
    drop: bool = False
    pii: Literal["identifier", "secret"] | None = None
    on_fail: Annotated[Outcome, BeforeValidator(_null_is_a_word)] = "quarantine"
    severity: Severity = "warning"

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        numeric = self.type in {"integer", "decimal"}
        if self.range and not numeric:
            raise ValueError(f"a range needs type integer or decimal, not {self.type}")
        if self.before and self.type not in {"date", "timestamp"}:
            raise ValueError(f"'before' needs type date or timestamp, not {self.type}")
        if self.derive and self.type != "integer":
            raise ValueError(f"years_since gives an integer, not {self.type}")
        if (self.map or self.otherwise) and self.type != "category":
            raise ValueError(f"'map' and 'else' need type category, not {self.type}")
        if self.normalise and self.type != "text":
            raise ValueError(f"'normalise' needs type text, not {self.type}")
        if "integer_text" in self.clean and self.type != "integer":
            raise ValueError(f"the clean step integer_text needs type integer, not {self.type}")
        return self


class Dedupe(Model):
    """Which row of equal key wins: the latest by a column (``latest``), then the first as sent."""

    latest: str | None = None


class Rule(Model):
    """A rule between tables: each value of ``column`` must be a value of the column that ``references`` names."""

    id: str
    column: str
    references: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    on_fail: Literal["quarantine"] = "quarantine"
    severity: Severity = "warning"
    warn_below: float | None = Field(default=None, ge=0, le=1)
    block_below: float | None = Field(default=None, ge=0, le=1)

    @property
    def target(self) -> tuple[str, str]:
        """The table and the column referred to."""
        table, _, column = self.references.partition(".")
        return table, column


class Source(Model):
    """Where a table's rows come from: the file formats, and the object inside a nested record."""

    formats: tuple[Literal["json", "ndjson"], ...]
    path: str | None = None


class Table(Model):
    """One table: its columns in order, its key, and how it is loaded."""

    name: Identifier
    label: str
    source: Source
    key: tuple[str, ...]
    load: Literal["replace", "upsert", "append"] = "upsert"
    dedupe: Dedupe = Dedupe()
    fault_marker: str | None = None
    columns: dict[Identifier, Column]
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

    @property
    def path(self) -> str:
        """The object of a nested record that holds this table's row."""
        return self.source.path or self.name


class Contract(Model):
    """The contract of a dataset: its version, mode and tables, in the order in which references resolve."""

    dataset: Identifier
    version: int = Field(ge=1)
    title: str
    mode: Literal["strict"] = "strict"
    phone_region: str = "US"
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
            earlier[table.name] = table
        return self

    def table(self, name: str) -> Table:
        """Return the table of that name; raises ``KeyError`` when there is none."""
        return next(table for table in self.tables if table.name == name)
