"""Shards of a JSON file give the rows that the file gives when it is read as a whole."""

import io
import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.datasets.catalogue import load_dataset
from shared.domain.shards import Part
from shared.readers import json_shards
from shared.readers.json_records import read_json_records
from shared.readers.json_shards import NotShardableError, read_sharded, sharded_lines

ECOMMERCE, HIRING = load_dataset("ecommerce").contract, load_dataset("hiring").contract
NAME = "records.ndjson"
RECORDS = [
    {"user": {"user_id": "u1", "name": "a}, {b"}, "order": {"order_id": "o1"}},
    {"user": {"user_id": 7, "name": 'quo"ted\\'}, "product": {"product_id": ["nested"]}},
    {"user": None},
    {"user": "no object"},
    17,
    {"user": {"user_id": "u2"}, "order_item": {"price": 12.50}},
]


def shards(data: bytes, part: int = 0) -> list[bytes]:
    return list(sharded_lines(data[: 1 << 20], io.BytesIO(data), NAME, part))


def rows_of(lines: list[bytes], contract=ECOMMERCE, table: str | None = None, part: int = 0) -> dict[str, pa.Table]:
    found: dict[str, list[pa.RecordBatch]] = {}
    for name, rows in read_sharded(lines, contract, {part: Part(NAME, table)}):
        found.setdefault(name, []).append(rows)
    return {name: pa.Table.from_batches(batches).combine_chunks() for name, batches in found.items()}


def lines_of(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(json.dumps(RECORDS).encode(), id="an array"),
        pytest.param(json.dumps(RECORDS, indent=2).encode(), id="an array over many lines"),
        pytest.param(b"\xef\xbb\xbf \n" + json.dumps(RECORDS).encode() + b"\n\n", id="an array with a mark"),
        pytest.param(lines_of(*RECORDS), id="a record a line"),
        pytest.param(b"\xef\xbb\xbf" + lines_of(*RECORDS).replace(b"\n", b"\r\n \t\r\n"), id="blank lines between"),
        pytest.param(lines_of(*RECORDS).rstrip(), id="no end of the last line"),
        pytest.param(lines_of(*RECORDS) + b'{"user": {\n' + b"what?\n", id="lines that are no JSON"),
        pytest.param(lines_of(*RECORDS) + b'{"user": {"name": "\\ud800"}}\n', id="half a surrogate pair"),
        pytest.param(lines_of(*RECORDS) + b'{"user": {"name": 1' + b"0" * 5000 + b"}}\n", id="a number beyond measure"),
    ],
)
@pytest.mark.parametrize("piece_bytes", [7, 64, 1 << 20])
def test_shards_give_what_the_file_gives(data: bytes, piece_bytes: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_shards, "PIECE_BYTES", piece_bytes)
    assert rows_of(shards(data)) == read_json_records(data, ECOMMERCE.tables, NAME, 0)


@given(st.lists(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner))))
def test_any_array_is_cut_at_its_elements_and_nowhere_else(records: list):
    lines = shards(json.dumps([*records, {"user": {}}, {"user": {}}]).encode())
    assert [json.loads(line)["json"] for line in lines] == [*records, {"user": {}}, {"user": {}}]


def test_a_line_of_a_shard_is_one_line_and_knows_its_place():
    lines = shards(json.dumps(RECORDS, indent=1).encode(), part=3)
    assert [(line.count(b"\n"), line[-1:]) for line in lines] == [(1, b"\n")] * len(RECORDS)
    assert [(json.loads(line)["part"], json.loads(line)["record"]) for line in lines] == [
        (3, number) for number in range(1, len(RECORDS) + 1)
    ]


def test_lines_may_be_read_in_any_order_and_beside_those_of_other_files():
    lines = shards(lines_of(*RECORDS))
    mixed = rows_of([*lines[3:], *lines[:3]])
    whole = read_json_records(lines_of(*RECORDS), ECOMMERCE.tables, NAME, 0)
    assert {name: table.sort_by("_seq") for name, table in mixed.items()} == whole


def test_records_of_a_file_that_feeds_one_table_are_its_rows():
    data = lines_of({"id": 1, "department": "Sales"}, {"id": 2}, 5)
    tables = [table for table in HIRING.tables if table.name == "departments"]
    assert rows_of(shards(data), HIRING, "departments") == read_json_records(data, tables, NAME, 0, flat=True)


@pytest.mark.parametrize("data", [b'[{"a": 1},\n{"a": }]', b'[{"a": 1}, {"a": 2}] x', b'[{"a": "\\ud800"}]'])
def test_an_array_that_the_fast_parser_refuses_is_left_to_a_reader_of_whole_files(data: bytes):
    with pytest.raises(NotShardableError):
        shards(data)


def test_so_is_one_in_which_no_end_of_a_record_is_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_shards, "PIECE_BYTES", 64)
    monkeypatch.setattr(json_shards, "MOST_PIECE_BYTES", 1000)
    with pytest.raises(NotShardableError):
        shards(json.dumps([{"items": [{"id": number} for number in range(1000)]}]).encode())
