"""A file that lacks a column which it must have is refused as a whole, whatever its rows hold."""

import io

import pytest

from shared.contracts.model import Contract
from shared.errors import UnreadableFileError
from shared.readers.count import count_records
from shared.readers.read import read_file
from tests.reading import contract_of

CONTRACT = contract_of("id", "name", "status", name={"required": True}, status={"mandatory": True})


def ids(data: bytes, contract: Contract = CONTRACT) -> list[str | None]:
    return read_file(data, contract, "thing", "things", 0)["thing"].column("id").to_pylist()


@pytest.mark.parametrize("data", [b"id,name,status\n1,Ann,\n", b"status;id;name\n;1;\n", b'[{"id": 1, "status": "x"}]'])
def test_a_column_that_must_be_there_may_be_empty(data: bytes):
    assert ids(data) == ["1"]


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        (b"id,name\n1,Ann\n", "column status"),
        (b"id,status\n1,x\n", "column name"),
        (b"id;other\n1;x\n", "columns name, status"),
        (b'[{"id": 1, "name": "Ann"}, {"id": 2, "other": 5}]', "column status"),
        (b'{"id": 1, "name": "Ann"}\n{"id": 2}\n', "column status"),
    ],
)
def test_a_file_without_it_is_refused_and_says_what_it_has(data: bytes, missing: str):
    with pytest.raises(UnreadableFileError, match=f"lacks the {missing} of thing; it has id") as refused:
        ids(data)
    assert refused.value.code == "missing_columns"


def test_it_is_refused_when_it_is_counted_already():
    with pytest.raises(UnreadableFileError, match="lacks the column status"):
        count_records(io.BytesIO(b"id,name\n1,Ann\n"), "things.csv", CONTRACT, "thing")


def test_what_each_row_must_have_a_record_of_json_says_for_itself():
    assert ids(b'[{"id": 1, "status": "x"}, {"id": 2}]') == ["1", "2"]


def test_records_that_are_none_lack_no_column():
    assert ids(b'[5, "text"]') == [None, None]
