"""The checks that a contract asks of one table's rows, each an expression that is true where the row fails.

They look at the columns that :mod:`shared.quality.prepare` made: the cleaned text under the column's own name and the
typed value under ``typed(name)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from shared.domain.verdicts import VERDICTS, Outcome
from shared.frames import booleans, dates, numbers, text
from shared.quality.names import KEPT, dangling, delivered, normalised, typed
from shared.readers.rows import (
    COLUMNS_FAULT,
    FAULTS,
    OBJECT_FAULT,
    QUOTE_FAULT,
    RAGGED_FAULT,
    RECORD_FAULT,
    UNREADABLE_FAULT,
    is_nested,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from shared.contracts.column import Column, Range
    from shared.contracts.table import Table

_OUTCOMES = {
    "quarantine": Outcome.QUARANTINED,
    "null": Outcome.NULLED,
    "flag": Outcome.FLAGGED,
}
_WHOLE_ROW_FAULTS = {
    "unreadable": UNREADABLE_FAULT,
    "record": RECORD_FAULT,
    "object": OBJECT_FAULT,
    "ragged": RAGGED_FAULT,
    "quote": QUOTE_FAULT,
}
_JOINT_LOOKS = {
    "unreadable": "unreadable",
    "record": "unreadable",
    "object": "unreadable",
    "ragged": "unreadable",
    "quote": "unreadable",
    "columns": "unreadable",
    "scalar": "unreadable",
    "text": "unstorable",
    "fault_marker": "marked",
}
_OF_ALL_ROWS = frozenset({"integer_text", "money", "plausible_years"})
_FORMS = {"email": "an e-mail address", "phone": "a valid telephone number"}


@dataclass(frozen=True, slots=True)
class Check:
    """One rule on one column: where it fails, what is said of it, and what becomes of the row or cell."""

    column: str
    rule: str
    outcome: Outcome
    message: str
    failed: nw.Expr

    @property
    def name(self) -> str:
        """How the rule on this column is called where rules are listed and counted."""
        return f"{self.column}:{self.rule}"

    @property
    def rejects(self) -> bool:
        """Whether a row that fails is kept out of silver."""
        return self.outcome in {Outcome.QUARANTINED, Outcome.SKIPPED}

    @property
    def speaks_of_all_rows(self) -> bool:
        """Whether a finding is told of rejected rows too: it is about a value as it was delivered."""
        return self.rule in _OF_ALL_ROWS


def row_checks(table: Table, as_of: datetime) -> list[Check]:
    """Return the checks that a row must pass by itself, in the order in which the first failure counts.

    All presence checks come first, then all fault markers, then the columns one by one.
    """
    columns = list(table.columns.items())
    checks = list(_whole_row(table))
    for name, column in columns:
        if column.required:
            checks.append(_check(name, column, "required", text.is_blank(nw.col(name)), rejects=True))
    if table.fault_marker:
        for name, column in columns:
            marked = text.contains_word(nw.col(name), table.fault_marker)
            checks.append(_check(name, column, "fault_marker", marked, table.fault_marker, rejects=True))
    for name, column in columns:
        checks.extend(_column_checks(name, column, as_of))
    return checks


def joint_looks(table: Table) -> dict[str, nw.Expr]:
    """Return expressions that find in one look at a row what several checks look for in its columns.

    By name of the look; :func:`joint_look_of` says which look stands for a check.
    """
    columns = [nw.col(name) for name in table.columns]
    joined = nw.concat_str(*columns, separator="\n", ignore_nulls=True)
    too_long = [text.is_too_long(column) for column in columns]
    looks = {
        "unreadable": ~nw.col(FAULTS).is_null(),
        "unstorable": nw.any_horizontal(text.has_nul(joined), *too_long, ignore_nulls=True),
    }
    if table.fault_marker:
        looks["marked"] = text.contains_word(joined, table.fault_marker)
    return looks


def joint_look_of(check: Check) -> str | None:
    """Return the name of the look that finds the rows in which a check may fail, None where it is looked at alone."""
    return _JOINT_LOOKS.get(check.rule)


def cell_findings(table: Table) -> list[Check]:
    """Return what is worth saying of cells for which no row is rejected: repairs, emptied and doubtful values."""
    findings = []
    for name, column in table.columns.items():
        value = nw.col(name)
        if column.default is not None:
            filled = text.is_blank(nw.col(delivered(name)))
            findings.append(_finding(name, column, "default", filled, Outcome.REPAIRED, repr(column.default)))
        if "integer_text" in column.clean:
            tidied = text.has_value(nw.col(delivered(name))) & (nw.col(delivered(name)) != value)
            findings.append(_finding(name, column, "integer_text", tidied, Outcome.REPAIRED))
        if "money" in column.clean:
            turned = text.has_value(value) & nw.col(delivered(name)).str.contains("(", literal=True)
            turned &= nw.col(delivered(name)) != value
            findings.append(_finding(name, column, "money", turned, Outcome.REPAIRED))
        if column.plausible_years:
            bounds = column.plausible_years
            doubtful = _outside(nw.col(typed(name)).dt.year().cast(nw.Int64()), bounds, int)
            years = bounds.in_words().replace(",", "")
            findings.append(_finding(name, column, "plausible_years", doubtful, Outcome.FLAGGED, years))
        if column.normalise:
            unusable = text.has_value(value) & nw.col(normalised(name)).is_null()
            findings.append(_finding(name, column, "normalise", unusable, Outcome.NULLED, _FORMS[column.normalise]))
        if column.derive:
            source = table.columns[column.derive.years_since].label
            differs = numbers.is_integer(value) & (numbers.integer(value) != nw.col(typed(name)))
            findings.append(_finding(name, column, "differs", differs, Outcome.FLAGGED, source))
    return findings


def key_check(table: Table) -> Check:
    """Return the rule that a key stands in one row alone."""
    label = " and ".join(table.columns[name].label for name in table.key)
    message = VERDICTS["duplicate"].message(label)
    return Check(table.key[0], "duplicate", Outcome.DUPLICATE, message, ~nw.col(KEPT).is_null())


def reference_checks(table: Table, labels: Mapping[str, str]) -> list[Check]:
    """Return the rules between tables, in the contract's order; ``labels`` names the tables for people."""
    return [
        _finding(
            rule.column,
            table.columns[rule.column],
            "reference",
            nw.col(dangling(number)),
            _OUTCOMES[rule.on_fail],
            labels[rule.target[0]],
        )
        for number, rule in enumerate(table.rules)
    ]


def _whole_row(table: Table) -> Iterator[Check]:
    first = next(iter(table.columns))
    for rule, mark in _WHOLE_ROW_FAULTS.items():
        message = VERDICTS[rule].message(table.label)
        yield Check(first, rule, Outcome.QUARANTINED, message, nw.col(FAULTS).str.starts_with(mark))
    if table.source.unknown_header == "skip":
        message = VERDICTS["columns"].message(table.label)
        yield Check(first, "columns", Outcome.SKIPPED, message, nw.col(FAULTS).str.starts_with(COLUMNS_FAULT))


def _column_checks(name: str, column: Column, as_of: datetime) -> Iterator[Check]:
    value, result = nw.col(name), nw.col(typed(name))
    # Null where there is no value at all, which no check counts as a failure.
    present = value != ""
    nested = nw.col(FAULTS).str.contains(is_nested(name), literal=True)
    yield _check(name, column, "scalar", nested, rejects=True)
    yield _check(name, column, "text", text.is_unstorable(value), f"{text.MAX_CHARACTERS:,}", rejects=True)
    if column.type not in {"text", "category"} and not column.derive:
        yield _check(name, column, "type", present & result.is_null(), _type_in_words(column))
    if column.one_of:
        yield _check(name, column, "one_of", present & ~value.is_in(column.one_of), ", ".join(column.one_of))
    if column.pattern:
        yield _check(name, column, "pattern", present & ~value.str.contains(f"^(?:{column.pattern})$"), column.pattern)
    if column.range:
        number, kind = (result, int) if column.type == "integer" else (numbers.as_float(value), float)
        outside = _outside(number, column.range, kind)
        yield _check(name, column, "range", outside, column.range.in_words())
    if column.before:
        limit = nw.lit(as_of.date()) if column.type == "date" else nw.lit(as_of.replace(tzinfo=None))
        yield _check(name, column, "before_as_of", result >= limit)


def _outside(number: nw.Expr, bounds: Range, as_number: type[int] | type[float]) -> nw.Expr:
    outside = number.is_null() & ~number.is_null()
    if bounds.min is not None:
        outside = outside | (number < as_number(bounds.min))
    if bounds.above is not None:
        outside = outside | (number <= as_number(bounds.above))
    if bounds.max is not None:
        outside = outside | (number > as_number(bounds.max))
    if bounds.below is not None:
        outside = outside | (number >= as_number(bounds.below))
    return outside


def _type_in_words(column: Column) -> str:
    if column.type == "integer":
        return "a whole number of at most 18 digits"
    if column.type == "decimal":
        return "an amount, written like $1,234.50" if "money" in column.clean else "a decimal number"
    if column.type == "boolean":
        return booleans.IN_WORDS
    forms = " or ".join(dates.IN_WORDS[form] for form in column.formats)
    return f"a date that exists, written like {forms}" + (", with a time in UTC" if column.type == "timestamp" else "")


def _check(
    name: str, column: Column, rule: str, failed: nw.Expr, expected: str = "", *, rejects: bool = False
) -> Check:
    outcome = Outcome.QUARANTINED if rejects else _OUTCOMES[column.on_fail]
    return _finding(name, column, rule, failed, outcome, expected)


def _finding(name: str, column: Column, rule: str, failed: nw.Expr, outcome: Outcome, expected: str = "") -> Check:
    message = VERDICTS[rule].message(column.label, expected)
    return Check(name, rule, outcome, message, failed)
