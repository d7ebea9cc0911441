from __future__ import annotations

from typing import Any

import pyarrow as pa

from shared.quality.rule_changes import rule_changes


def verdicts(*rows: tuple[int, str, str, str]) -> pa.Table:
    names = ("_seq", "outcome", "column", "rule")
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows])


def count(outcome: str, column: str, rule: str, rows: int) -> dict[str, Any]:
    return {"outcome": outcome, "column": column, "rule": rule, "rows": rows}


def test_rows_are_counted_by_the_rule_that_rejects_them_in_one_judgement_alone() -> None:
    before = verdicts(
        (1, "quarantined", "age", "range"),
        (2, "quarantined", "age", "range"),
        (3, "quarantined", "name", "required"),
        (4, "duplicate", "id", "duplicate"),
    )
    after = verdicts((3, "quarantined", "name", "required"), (5, "quarantined", "city", "one_of"))

    released, newly_rejected = rule_changes(before, after)

    assert released == [count("quarantined", "age", "range", 2), count("duplicate", "id", "duplicate", 1)]
    assert newly_rejected == [count("quarantined", "city", "one_of", 1)]


def test_a_row_that_another_rule_rejects_now_is_neither_released_nor_new() -> None:
    assert rule_changes(verdicts((1, "quarantined", "age", "range")), verdicts((1, "quarantined", "age", "type"))) == (
        [],
        [],
    )


def test_findings_about_rows_that_stay_do_not_count() -> None:
    assert rule_changes(verdicts((1, "nulled", "phone", "normalise")), None) == ([], [])


def test_a_table_without_verdicts_rejects_nothing() -> None:
    rejected = verdicts((1, "quarantined", "age", "range"))
    assert rule_changes(None, rejected) == ([], [count("quarantined", "age", "range", 1)])
    assert rule_changes(None, None) == ([], [])
