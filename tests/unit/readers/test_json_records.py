import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.table import Table
from shared.errors import UnreadableFileError
from shared.readers.json_records import RECORDS_AT_ONCE, read_json_records
from shared.readers.rows import FAULTS, FILE, OBJECT_FAULT, RECORD_FAULT, ROW_NO, SEQUENCE, UNREADABLE_FAULT
from tests.json_values import awkward_json


def table(name: str, /, **columns: dict) -> Table:
    described = {column: {"label": column, **rest} for column, rest in columns.items()}
    return Table.model_validate({"name": name, "label": name, "key": ["id"], "columns": described})


USER = table("user", id={"required": True}, name={"from": ["name", "full_name"]})
ORDER = table("order", id={"required": True})


def read(records, tables=(USER, ORDER), filename="upload.json", file_no=0) -> dict[str, pa.Table]:
    data = records if isinstance(records, bytes) else json.dumps(records).encode()
    return read_json_records(data, tables, filename, file_no)


def cells(rows: pa.Table, *names: str) -> list[tuple]:
    return [tuple(row[name] for name in names) for row in rows.to_pylist()]


def test_each_object_of_a_record_becomes_a_row_of_its_table():
    rows = read([{"user": {"id": "u1", "name": "Ann"}, "order": {"id": "o1"}}])
    assert cells(rows["user"], "id", "name", FILE, ROW_NO, FAULTS) == [("u1", "Ann", "upload.json", 1, None)]
    assert cells(rows["order"], "id", ROW_NO) == [("o1", 1)]


def test_a_record_without_an_object_loses_only_that_object():
    rows = read([{"order": {"id": "o1"}}, {"user": {"id": "u2"}}, {"user": None, "order": {"id": "o3"}}])
    assert cells(rows["user"], "id", ROW_NO) == [("u2", 2)]
    assert cells(rows["order"], "id", ROW_NO) == [("o1", 1), ("o3", 3)]


def test_values_are_kept_as_they_were_written():
    big = 12345678901234567890123
    rows = read(b'[{"user":{"id":7571.410,"name":1E+3}},{"user":{"id":%d,"name":true}}]' % big)
    assert cells(rows["user"], "id", "name") == [("7571.410", "1000"), (str(big), "true")]


def test_a_number_with_a_monstrous_exponent_is_kept_as_text_and_not_written_out():
    rows = read(b'[{"user":{"id":1e999999999}}]')
    assert cells(rows["user"], "id") == [("1e999999999",)]


def test_the_first_name_of_a_column_that_has_a_value_is_taken():
    rows = read([{"user": {"full_name": "Ann"}}, {"user": {"name": "Bo", "full_name": "Bob"}}])
    assert cells(rows["user"], "name") == [("Ann",), ("Bo",)]


def test_a_nested_value_is_kept_as_text_and_marked():
    rows = read([{"user": {"id": {"a": [1, {"b": {"c": 2}}]}, "name": ["x"]}}])
    assert cells(rows["user"], "id", "name", FAULTS) == [('{"a":[1,{"b":{"c":2}}]}', '["x"]', "|id|name|")]


def test_an_object_that_is_none_and_a_record_that_is_none_are_rows_too():
    rows = read([{"user": "Ann"}, 5, "text", None])
    marks = [(OBJECT_FAULT, 1), (RECORD_FAULT, 2), (RECORD_FAULT, 3), (RECORD_FAULT, 4)]
    assert cells(rows["user"], FAULTS, ROW_NO) == marks
    assert rows["order"].num_rows == 0


def test_a_line_of_ndjson_that_cannot_be_read_costs_only_that_line():
    rows = read(b'{"user":{"id":"u1"}}\n{"user": oops}\n\n{"user":{"id":"u3"}}\n', filename="upload.ndjson")
    assert cells(rows["user"], "id", ROW_NO, FAULTS) == [("u1", 1, None), (None, 2, UNREADABLE_FAULT), ("u3", 3, None)]


def test_rows_of_later_files_come_after_those_of_earlier_ones():
    first, second = (read([{"user": {"id": "u"}}] * 3, file_no=number)["user"] for number in (0, 1))
    assert max(first[SEQUENCE].to_pylist()) < min(second[SEQUENCE].to_pylist())


def test_batches_of_records_join_without_a_seam():
    records = [{"user": {"id": str(number)}} for number in range(RECORDS_AT_ONCE + 3)]
    rows = read(records)["user"]
    assert rows["id"].to_pylist() == [str(number) for number in range(RECORDS_AT_ONCE + 3)]
    assert rows[ROW_NO].to_pylist() == list(range(1, RECORDS_AT_ONCE + 4))


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b'[{"user":{"id":"a"}},]', (2, 1, 22)),
        (b'[{"user":{"id":"a"}}\n {"user":{}}]', (1, 2, 2)),
        (b'[{"user":{"id":"a"}},\n{"user":{"id":"a\nb"}}]', (2, 2, 17)),
        (b"[nonsense]", (1, 1, 2)),
        (b"[{}, NaN]", (2, 1, 6)),
        (b"[{}] []", (1, 1, 6)),
        (b"[" + b"[" * 100_000 + b"]" * 100_000 + b"]", (1, 1, 2)),
    ],
)
def test_an_array_that_is_no_json_is_refused_with_record_line_and_column(data, place):
    with pytest.raises(UnreadableFileError) as refused:
        read(data)
    assert refused.value.code == "malformed_json"
    assert tuple(refused.value.details[name] for name in ("row", "line", "column")) == place


@pytest.mark.parametrize("filename", ["upload.json", "upload.ndjson"])
def test_half_a_surrogate_pair_or_an_endless_number_costs_only_its_cell(filename):
    long = "9" * 5_000
    records = [
        rb'{"user":{"id":"u1"}}',
        rb'{"user":{"id":"u2","name":"x\ud800y"},"order":{"id":"o2"}}',
        b'{"user":{"id":%s,"name":1.50},"order":{"id":"o3"}}' % long.encode(),
    ]
    data = b"[" + b",\n".join(records) + b"]" if filename.endswith(".json") else b"\n".join(records)
    rows = read(data, filename=filename)
    assert cells(rows["user"], "id", "name", FAULTS) == [
        ("u1", None, None),
        ("u2", "x\x00y", None),
        (long, "1.50", None),
    ]
    assert cells(rows["order"], "id", ROW_NO) == [("o2", 2), ("o3", 3)]


@given(st.lists(awkward_json, max_size=20))
def test_no_record_and_no_object_is_lost(records):
    rows = read(records)
    users = sum(not isinstance(record, dict) or record.get("user") is not None for record in records)
    orders = sum(isinstance(record, dict) and record.get("order") is not None for record in records)
    assert (rows["user"].num_rows, rows["order"].num_rows) == (users, orders)
