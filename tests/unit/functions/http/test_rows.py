from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from functions.http.rows import RowFormat, choose_format, records_response, table_response


def json_text(**columns: pa.Array) -> str:
    return bytes(table_response(pa.table(columns), RowFormat.JSON, "t").body).decode()


def csv_text(**columns: pa.Array) -> str:
    return bytes(table_response(pa.table(columns), RowFormat.CSV, "t").body).decode()


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("values", "as_json", "as_csv"),
    [
        (pa.array(['é\n"x"', ""]), '"é\\n\\"x\\""', '"é\n""x"""'),
        (pa.array([9_007_199_254_740_993]), "9007199254740993", "9007199254740993"),
        (pa.array([True]), "true", "true"),
        (pa.array([1e21]), "1e21", "1000000000000000000000"),
        (pa.array([1e-7]), "1e-7", "0.0000001"),
        (pa.array([0.1]), "0.1", "0.1"),
        (pa.array([float("nan")]), "null", '""'),
        (pa.array([float("-inf")]), "null", '""'),
        (pa.array([None], pa.string()), "null", '""'),
        (pa.array([Decimal("10.50")], pa.decimal128(18, 2)), "10.50", "10.50"),
        (pa.array([Decimal(10**37)], pa.decimal128(38, 0)), "1" + "0" * 37, "1" + "0" * 37),
        (pa.array([Decimal("0.0000000001")], pa.decimal128(18, 10)), "1E-10", "0.0000000001"),
        (pa.array([date(2026, 1, 31)]), '"2026-01-31"', "2026-01-31"),
        (pa.array([datetime(2026, 1, 31, 8)]), '"2026-01-31T08:00:00"', "2026-01-31T08:00:00"),
        (
            pa.array([datetime(2026, 1, 31, 8, 0, 0, 250_000, tzinfo=UTC)], pa.timestamp("us", "UTC")),
            '"2026-01-31T08:00:00.250000Z"',
            "2026-01-31T08:00:00.250000Z",
        ),
        (
            pa.array([datetime(2026, 7, 31, 8, tzinfo=BERLIN)], pa.timestamp("us", "Europe/Berlin")),
            '"2026-07-31T06:00:00Z"',
            "2026-07-31T06:00:00Z",
        ),
        (pa.array([time(8, 30)]), '"08:30:00"', "08:30:00"),
        (pa.array([timedelta(hours=1)]), '"PT3600S"', "PT3600S"),
        (pa.array([b"\x00\xff"]), '"AP8="', "AP8="),
        (pa.array([[1, 2]]), "[1,2]", '"[1,2]"'),
        (pa.array(["a"]).dictionary_encode(), '"a"', "a"),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_a_value_is_written(values, as_json, as_csv):
    assert json_text(v=values[:1]) == f'[{{"v":{as_json}}}]'
    assert csv_text(v=values[:1]) == f"v\r\n{as_csv}\r\n"


def test_json_is_an_array_of_objects_in_the_tables_order():
    assert json.loads(json_text(b=pa.array([1, 2]), a=pa.array(["x", None]))) == [
        {"b": 1, "a": "x"},
        {"b": 2, "a": None},
    ]


def test_csv_has_a_header_and_reads_back_as_it_was():
    texts = ["plain", 'quo"te', "com,ma", "line\r\nbreak", "=1+1", "ünï"]

    rows = list(csv.DictReader(io.StringIO(csv_text(text=pa.array(texts), n=pa.array(range(6))), newline="")))

    assert [row["text"] for row in rows] == texts
    assert [row["n"] for row in rows] == ["0", "1", "2", "3", "4", "5"]


def test_no_rows_are_an_empty_array_and_a_header_alone():
    assert json_text(a=pa.array([], pa.int64())) == "[]"
    assert csv_text(a=pa.array([], pa.int64()), b=pa.array([], pa.string())) == "a,b\r\n"


def test_a_table_of_several_chunks_is_written_whole():
    table = pa.concat_tables([pa.table({"a": [1]}), pa.table({"a": [2]})])

    assert bytes(table_response(table, RowFormat.JSON, "t").body) == b'[{"a":1},{"a":2}]'


def test_csv_says_that_it_is_a_file_with_a_header():
    headers = table_response(pa.table({"a": [1]}), RowFormat.CSV, "dw_orders").headers

    assert headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert headers["content-disposition"] == 'attachment; filename="dw_orders.csv"'
    assert headers["vary"] == "Accept"


def test_records_become_csv_by_the_columns_named():
    records = [{"a": 1, "b": "x", "c": None}, {"a": 2, "b": "y", "c": "z"}]

    body = bytes(records_response(records, RowFormat.CSV, "r", ["b", "a"]).body)

    assert body == b"b,a\r\nx,1\r\ny,2\r\n"


@pytest.mark.parametrize(
    ("wanted", "accept", "chosen"),
    [
        (None, "", "json"),
        (None, "*/*", "json"),
        (None, "text/csv", "csv"),
        (None, "Text/CSV; charset=utf-8", "csv"),
        (None, "text/csv;q=0.5, application/json", "json"),
        (None, "application/json;q=0.5, text/csv", "csv"),
        (None, "text/csv;q=0", "json"),
        (None, "text/csv;q=high", "csv"),
        (None, "text/html,application/xhtml+xml,*/*;q=0.8", "json"),
        (RowFormat.CSV, "application/json", "csv"),
        (RowFormat.JSON, "text/csv", "json"),
    ],
)
def test_the_format_parameter_decides_and_else_the_accept_header(wanted, accept, chosen):
    assert choose_format(wanted, accept) == chosen
