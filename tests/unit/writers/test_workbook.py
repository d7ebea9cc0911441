from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.utils.escape import unescape

from shared.writers import workbook
from shared.writers.workbook import write_workbook

NOW = datetime(2026, 1, 31, 8, 0, 0, 123, tzinfo=UTC)


def written(rows: pa.Table) -> bytes:
    sink = io.BytesIO()
    write_workbook(rows, "Claims", sink, NOW)
    return sink.getvalue()


def read(data: bytes) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {page.title: list(page.iter_rows(values_only=True)) for page in book}


def test_values_are_what_they_are():
    rows = pa.table(
        {
            "Seq": ["007", "008"],
            "Row": pa.array([1, None], pa.int64()),
            "Billed": pa.array([Decimal("9.87"), None], pa.decimal128(18, 2)),
            "Day": pa.array([date(2031, 1, 2), None]),
            "At": pa.array([datetime(2031, 1, 2, 18, 0, 30), None], pa.timestamp("us")),
            "Shadow": pa.array([True, None]),
        }
    )
    assert read(written(rows)) == {
        "Claims": [
            tuple(rows.column_names),
            ("007", 1, 9.87, datetime(2031, 1, 2), datetime(2031, 1, 2, 18, 0, 30), True),
            ("008", None, None, None, None, None),
        ]
    }


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "http://x"])
def test_text_is_never_a_formula_nor_a_link(text: str):
    page = openpyxl.load_workbook(io.BytesIO(written(pa.table({text: [text]})))).active
    for cell in (page["A1"], page["A2"]):
        assert (unescape(cell.value), cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_table_without_rows_has_a_header():
    assert read(written(pa.table({"Seq": pa.array([], pa.string())}))) == {"Claims": [("Seq",)]}


def test_the_same_rows_give_the_same_bytes():
    rows = pa.table({"Seq": ["1", "2"]})
    assert written(rows) == written(rows)


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbook, "_ROWS_PER_SHEET", 2)
    pages = read(written(pa.table({"Seq": ["1", "2", "3"]})))
    assert pages == {"Claims": [("Seq",), ("1",), ("2",)], "Claims (2)": [("Seq",), ("3",)]}
