import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.datasets.catalogue import load_dataset
from shared.errors import UnreadableFileError
from shared.readers import json_count
from shared.readers.count import count_records
from tests.json_values import awkward_json

NESTED = load_dataset("ecommerce").contract


def counted(data: bytes, filename: str = "records.json") -> int:
    return count_records(io.BytesIO(data), filename, NESTED, None)


@given(records=st.lists(awkward_json, max_size=8), chunk=st.integers(1, 40), indent=st.sampled_from([None, 1]))
def test_an_array_has_as_many_records_as_elements_wherever_it_is_cut_into_chunks(records, chunk, indent):
    for ascii_only in (True, False):
        data = json.dumps(records, ensure_ascii=ascii_only, indent=indent).encode()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_count, "CHUNK_BYTES", chunk)
            assert counted(b" \n" + data + b"\n ") == len(records)


@given(records=st.lists(st.dictionaries(st.text(), awkward_json), min_size=1, max_size=8), chunk=st.integers(1, 40))
def test_ndjson_has_as_many_records_as_lines_that_are_not_blank(records, chunk):
    data = "\n\n".join(json.dumps(record) for record in records).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_count, "CHUNK_BYTES", chunk)
        assert counted(data, "records.ndjson") == len(records)


def test_a_byte_order_mark_is_no_obstacle():
    assert counted(b"\xef\xbb\xbf[1, 2]") == 2


def test_an_empty_array_has_no_records():
    assert counted(b" [ \n ] ") == 0


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n\t ", "empty_file"),
        (b"<html>", "not_json"),
        (b"id,name\n1,Ann\n", "not_json"),
        (b'{"user": {}}', "object_instead_of_array"),
        (b'{\n "user": {}\n}\n', "object_instead_of_array"),
        (b'[{"a": 1}, {"b": ', "truncated_json"),
        (b'[{"a": "x', "truncated_json"),
        (b'[{"a": "]', "truncated_json"),
        (b"[", "truncated_json"),
        (b"[1]]", "malformed_json"),
        (b"[{]", "malformed_json"),
        (b"[1] [", "malformed_json"),
        (b'["\xff"]', "wrong_encoding"),
        ('["Jos\u00e9"]'.encode("cp1252"), "wrong_encoding"),
        ('["Jos\u00e9"]'.encode("utf-16"), "wrong_encoding"),
        (b'["caf\xc3', "wrong_encoding"),
        (b'["a\x00b"]', "nul_bytes"),
        (b"[" + b"[" * 100 + b"]" * 100 + b"]", "nested_too_deeply"),
    ],
)
def test_what_is_no_file_of_records_is_refused_with_its_own_reason(data, code):
    with pytest.raises(UnreadableFileError) as refused:
        counted(data)
    assert refused.value.code == code
    assert "records.json" in refused.value.message
    assert refused.value.advice


def test_a_cut_off_file_says_in_which_record_it_ends():
    with pytest.raises(UnreadableFileError) as refused:
        counted(b'[{"a": 1}, {"b": 2}, {"c')
    assert refused.value.details["row"] == 3


def test_a_lone_object_is_one_record_when_the_file_says_that_it_holds_records_by_line():
    assert counted(b'{"user": {}}', "upload.ndjson") == 1


def test_objects_by_line_are_records_whatever_the_file_is_called():
    assert counted(b'{"user": {}}\n{"user": {}}\n') == 2
