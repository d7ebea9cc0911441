"""What a correction adds to the rows before it."""

from datetime import datetime
from decimal import Decimal

import pyarrow as pa

from shared.medallion.additions import latest_rows, new_rows

NOON, ONE = datetime(2026, 1, 15, 12), datetime(2026, 1, 15, 13)


def rows(*values: tuple) -> pa.Table:
    names = ("id", "part", "price", "at", "_job_id")
    kinds = (pa.string(), pa.int64(), pa.decimal128(18, 2), pa.timestamp("us"), pa.string())
    columns = [[row[place] for row in values] for place in range(len(names))]
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)], names)


OLD = rows(("a", 1, Decimal("1.50"), NOON, "one"), ("a", 2, None, NOON, "one"), ("b", 1, None, None, "one"))


def test_of_rows_with_one_key_the_last_counts_and_all_others_stay():
    later = rows(("a", 2, Decimal("2.00"), ONE, "two"), ("c", 1, None, NOON, "two"))
    found = latest_rows([OLD, later], ("id", "part")).to_pylist()
    assert sorted((row["id"], row["part"], row["_job_id"]) for row in found) == [
        ("a", 1, "one"),
        ("a", 2, "two"),
        ("b", 1, "one"),
        ("c", 1, "two"),
    ]


def test_a_column_that_only_later_rows_have_is_empty_in_those_before():
    later = OLD.slice(0, 1).append_column("note", pa.array(["n"]))
    found = {(row["id"], row["part"]): row["note"] for row in latest_rows([OLD, later], ("id", "part")).to_pylist()}
    assert found == {("a", 1): "n", ("a", 2): None, ("b", 1): None}


def test_rows_that_say_the_same_are_not_new_whatever_job_they_name():
    again = rows(
        ("b", 1, None, None, "two"), ("a", 2, Decimal("2.00"), NOON, "two"), ("a", 1, Decimal("1.50"), NOON, "two")
    )
    assert new_rows(again, OLD).to_pylist() == again.slice(1, 1).to_pylist()
    assert new_rows(OLD, OLD.slice(0, 0)).equals(OLD)
    assert new_rows(OLD.slice(0, 0), OLD).num_rows == 0
