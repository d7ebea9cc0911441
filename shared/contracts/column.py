"""One column of a contract: what its values are, how they are cleaned, and what is asked of them."""

from __future__ import annotations

import re
from decimal import Decimal  # noqa: TC003 - the annotations are read when a contract is loaded
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from shared.contracts.base import Model, as_tuple, null_is_a_word

ColumnType = Literal["text", "integer", "decimal", "date", "timestamp", "category", "boolean"]
CleanStep = Literal["trim", "squeeze", "lower", "letters", "integer_text", "money"]
DateFormat = Literal["iso", "iso-z", "iso-slash", "us"]
Outcome = Literal["quarantine", "null", "flag"]


def _is_regular(pattern: str | None) -> str | None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


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

    ``names`` (YAML: ``from``) are the names it may have in the file; none means its own. ``mandatory``: a file without
    the column is refused as a whole. ``required``: a row without a value is quarantined; a table in rows and columns
    must have the column then, while each record of JSON says for itself what it has. ``added``: the dataset's own
    ``extract.py`` fills the column in, so that no file need have it. ``drop``: checked, then left out
    of silver. ``on_fail`` says what becomes of a value that breaks a rule of this column: its row is quarantined, the
    value is left empty, or it is kept and flagged.
    A date of a year that is not one of the ``plausible_years`` is kept and flagged in any case.
    """

    label: str
    type: ColumnType = "text"
    names: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = Field(default=(), alias="from")
    clean: tuple[CleanStep, ...] = ("trim",)
    mandatory: bool = False
    required: bool = False
    added: bool = False
    formats: tuple[DateFormat, ...] = ("iso",)
    scale: int = Field(default=2, ge=0, le=8)
    one_of: tuple[str, ...] = ()
    map: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = Field(default=None, alias="else")
    pattern: Annotated[str | None, AfterValidator(_is_regular)] = None
    range: Range | None = None
    before: Literal["as_of"] | None = None
    plausible_years: Range | None = None
    normalise: Literal["email", "phone"] | None = None
    derive: Derive | None = None
    default: str | None = None
    drop: bool = False
    pii: Literal["identifier", "secret"] | None = None
    on_fail: Annotated[Outcome, BeforeValidator(null_is_a_word)] = "quarantine"

    @property
    def must_be_in_file(self) -> bool:
        """Whether a table in rows and columns is refused without this column."""
        return (self.mandatory or self.required) and not self.added

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        needs = (
            ("range", self.range, {"integer", "decimal"}),
            ("before", self.before, {"date", "timestamp"}),
            ("plausible_years", self.plausible_years, {"date", "timestamp"}),
            ("derive", self.derive, {"integer"}),
            ("map", self.map, {"category"}),
            ("else", self.otherwise, {"category"}),
            ("normalise", self.normalise, {"text"}),
            ("clean: integer_text", "integer_text" in self.clean, {"integer"}),
            ("clean: money", "money" in self.clean, {"decimal"}),
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
        if self.plausible_years and not self.plausible_years.is_whole:
            raise ValueError("years are whole numbers")
        return self
