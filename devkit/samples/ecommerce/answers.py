"""Works out from the faults that were put in what must become of every row, without looking at the values again."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from devkit.samples.answer_key import InjectedFault, Rejection
from devkit.samples.ecommerce.faults import COLUMNS, rank
from devkit.samples.ecommerce.records import REFERENCES
from devkit.samples.ecommerce.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Rules that speak of a row without rejecting it.
FINDINGS = frozenset({"normalise", "differs"})
#: Rules that look at other rows; they are asked of rows that pass by themselves.
_BETWEEN_ROWS = frozenset({"duplicate", "reference"})

Rows = dict[int, dict[str, Any]]


def answer(records: Sequence[Any], faults: list[InjectedFault]) -> Sample:
    """Return the sample that ``records`` and the ``faults`` in them make."""
    own, told = _by_row(faults)
    sample = Sample(records=list(records), faults=faults)
    ids: dict[str, set[str]] = {}
    for table in COLUMNS:
        rejected: dict[int, Rejection] = dict(own[table])
        lost = sum(rejection.rule == "record" for rejection in rejected.values())
        rows, read = _rows(records, table)
        passing = {row_no: row for row_no, row in rows.items() if row_no not in rejected}
        repeats = _repeats(passing)
        for row_no, row in passing.items():
            if row_no in repeats:
                continue
            for referring, column, target in REFERENCES:
                if referring == table and row_no not in rejected and row[column] not in ids[target]:
                    rejected[row_no] = Rejection(column, "reference")
        kept = [row_no for row_no in passing if row_no not in rejected and row_no not in repeats]
        ids[table] = {passing[row_no]["id"] for row_no in kept}
        sample.read[table] = read + lost
        sample.rejections[table] = dict(sorted(rejected.items()))
        sample.duplicates[table] = repeats
        sample.findings[table] = {no: frozenset(told[table][no]) for no in kept if no in told[table]}
    return sample


def _by_row(
    faults: list[InjectedFault],
) -> tuple[dict[str, dict[int, Rejection]], dict[str, dict[int, set[tuple[str, str]]]]]:
    """Return for each table the first rule that a row breaks by itself, and what is to be said of its cells."""
    own: dict[str, dict[int, Rejection]] = defaultdict(dict)
    told: dict[str, dict[int, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for number, table, column, _, rule in faults:
        if rule in FINDINGS:
            told[table][number].add((column, rule))
        elif rule is not None and rule not in _BETWEEN_ROWS:
            before = own[table].get(number)
            if before is None or rank(table, column, rule) < rank(table, *before):
                own[table][number] = Rejection(column, rule)
    return own, told


def _rows(records: Sequence[Any], table: str) -> tuple[Rows, int]:
    """Return a table's objects by their record's number, and how many rows the records hold of it."""
    found = {
        number: record[table]
        for number, record in enumerate(records, 1)
        if isinstance(record, dict) and record.get(table) is not None
    }
    return {number: row for number, row in found.items() if isinstance(row, dict)}, len(found)


def _repeats(passing: Rows) -> dict[int, int]:
    """Return the rows whose id another row has too, with the row that is kept: the latest, then the first."""
    kept: dict[str, int] = {}
    for row_no, row in passing.items():
        best = kept.setdefault(row["id"], row_no)
        if row["create_time"] > passing[best]["create_time"]:
            kept[row["id"]] = row_no
    return {row_no: kept[row["id"]] for row_no, row in passing.items() if kept[row["id"]] != row_no}
