"""Delimited text, in all the ways in which people write the same rows."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import UnreadableFileError
from shared.readers import delimited_count, encoding
from shared.readers.delimited import numbered_rows
from tests.reading import cells, contract_of, faults, numbers, read

JOBS = contract_of("id", "job", id={"type": "integer"})
ROWS = [("1", "Clerk"), ("2", "K\u00f6chin, erste")]
AWKWARD = st.text(alphabet='ab \u00e9"",;\n\r', max_size=6)


def written(delimiter=",", end="\n", header=True, quoting=csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO()
    lines = [("id", "job"), *ROWS] if header else ROWS
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(lines)
    return text.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("header", [True, False], ids=["header", "no header"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["some quoted", "all quoted"])
def test_the_rows_are_the_same_whatever_stands_between_them(delimiter, end, header, quoting):
    text = written(delimiter, end, header, quoting)
    for data in (text.encode(), text.rstrip("\r\n").encode()):
        rows = read(data, JOBS)
        assert cells(rows) == ROWS
        assert numbers(rows) == ([2, 3] if header else [1, 2])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_the_rows_are_the_same_in_every_encoding(encoding):
    assert cells(read(written().encode(encoding), JOBS)) == ROWS
    assert cells(read(written(header=False).encode(encoding), JOBS)) == ROWS


def test_a_damaged_byte_in_utf_8_costs_only_its_cell():
    data = "id,job\n1,K\u00f6chin\n2,K\u00fcster\n".encode() + b"3,K\xc3\n"
    assert cells(read(data, JOBS)) == [("1", "K\u00f6chin"), ("2", "K\u00fcster"), ("3", "K\x00")]


@pytest.mark.parametrize("header", ["ID,Job", " id , JOB ", '"id","job"', "JOB,ID", "x,job,y,id", "\ufeffid,job"])
def test_columns_are_found_by_their_names_in_any_case_and_order(header):
    names = [name.strip(' "\ufeff').lower() for name in header.split(",")]
    row = ",".join({"id": "1", "job": "Clerk"}.get(name, "other") for name in names)
    assert cells(read(f"{header}\n{row}\n".encode(), JOBS)) == [("1", "Clerk")]


def test_a_column_may_have_several_names_and_the_first_with_a_value_counts():
    contract = contract_of("id", "job", job={"from": ["job", "title"]})
    assert cells(read(b"id,title,job\n1,A,B\n2,C,\n", contract)) == [("1", "B"), ("2", "C")]


def test_a_column_that_is_not_required_may_be_missing():
    assert cells(read(b"id\n1\n", JOBS)) == [("1", None)]


def test_a_first_row_of_data_that_looks_a_little_like_a_header_is_kept():
    assert cells(read(b"1,job\n2,Clerk\n", JOBS)) == [("1", "job"), ("2", "Clerk")]
    assert cells(read(b"1,Clerk\nid,job\n2,Cook\n", JOBS)) == [("1", "Clerk"), ("id", "job"), ("2", "Cook")]


@pytest.mark.parametrize(
    ("header", "data", "expected"),
    [
        ("no", b"id,job\n1,Clerk\n", [("id", "job"), ("1", "Clerk")]),
        ("yes", b"id,job\n1,Clerk\n", [("1", "Clerk")]),
    ],
)
def test_a_contract_may_say_whether_there_is_a_header(header, data, expected):
    assert cells(read(data, contract_of("id", "job", source={"header": header}))) == expected


@pytest.mark.parametrize(
    ("data", "said", "missing"),
    [
        (b"nr,job\n1,Clerk\n", "lacks the column id of thing; it has nr, job", ["id"]),
        (b"Jobs of 2021\njob,pay\nClerk,100\n", "lacks the column id of thing; it has job, pay", ["id"]),
    ],
)
def test_a_header_without_a_required_column_says_what_is_missing_and_what_was_found(data, said, missing):
    with pytest.raises(UnreadableFileError) as refused:
        read(data, JOBS)
    assert refused.value.code == "missing_columns"
    assert said in refused.value.message
    assert refused.value.details["missing"] == missing


def test_rows_that_fit_neither_a_header_nor_the_columns_are_refused_without_showing_them():
    with pytest.raises(UnreadableFileError) as refused:
        read(b"1,Ann Smith,Clerk\n2,Bo Jones,Cook\n", JOBS)
    assert refused.value.code == "missing_columns"
    assert "its rows have 3 cells where 2 are expected" in refused.value.message
    assert "Smith" not in refused.value.message + str(refused.value.details)


def test_a_name_that_two_columns_have_is_refused():
    with pytest.raises(UnreadableFileError) as refused:
        read(b"id,job,ID\n1,Clerk,2\n", JOBS)
    assert refused.value.code == "repeated_column"


def test_ragged_rows_say_what_was_expected_and_the_file_goes_on():
    rows = read(b"id,job\n1,Clerk\n2\n3,Cook,now\n4,Smith\n", JOBS)
    assert cells(rows) == [("1", "Clerk"), (None, None), (None, None), ("4", "Smith")]
    assert faults(rows) == {3: "!ragged:expected 2 cells, found 1.", 4: "!ragged:expected 2 cells, found 3."}


def test_a_misplaced_quotation_mark_costs_only_its_row():
    rows = read(b'id,job\n1,"Clerk" of court\n2,5" pipes\n3,"Co\nok"s,1\n4,"a ""b"""\n', JOBS)
    assert faults(rows) == {2: "!quote", 4: "!quote"}
    assert cells(rows) == [(None, None), ("2", '5" pipes'), (None, None), ("4", 'a "b"')]


def test_blank_lines_and_rows_without_a_value_are_no_rows_but_count_as_lines():
    rows = read(b'\n  \nid,job\n\n,\n1,Clerk\n"",""\n \t, \n2,Cook\n\n', JOBS)
    assert cells(rows) == [("1", "Clerk"), ("2", "Cook")]
    assert numbers(rows) == [6, 9]


def test_a_row_has_the_number_of_the_line_on_which_it_begins():
    rows = read(b'id,job\r\n1,"Clerk\r\nof\r\ncourt"\r\n2,Cook\r\n', JOBS)
    assert cells(rows) == [("1", "Clerk\r\nof\r\ncourt"), ("2", "Cook")]
    assert numbers(rows) == [2, 5]


def test_a_quotation_mark_that_is_never_closed_is_refused_with_the_line_on_which_it_opens():
    with pytest.raises(UnreadableFileError) as refused:
        read(b'id,job\n1,"a\nb"\n2,"Clerk\n3,Cook\n', JOBS)
    assert (refused.value.code, refused.value.details["line"]) == ("open_quote", 4)


@pytest.mark.parametrize("name", ["Sales, EMEA", "Sales; EMEA", "Sales|EMEA"])
def test_a_table_of_one_column_needs_no_delimiter(name):
    assert cells(read(f"name\n{name}\nLegal\nIT\n".encode(), contract_of("name"))) == [(name,), ("Legal",), ("IT",)]


def test_other_words_for_empty_are_kept_as_they_are():
    assert cells(read(b"id,job\n1,null\n2,N/A\n3,\n", JOBS)) == [("1", "null"), ("2", "N/A"), ("3", "")]


@given(st.lists(st.lists(AWKWARD, min_size=1, max_size=3), max_size=5), st.integers(0, 60), st.sampled_from(",;"))
def test_a_file_is_counted_as_it_is_read_wherever_it_is_cut_into_chunks(rows, length, delimiter):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    whole = text.getvalue()
    for piece in (whole, whole[:length]):
        for chunk in (1, 2, 7, 1_000):
            assert counted(piece, delimiter, chunk) == found(piece, delimiter)


def counted(text: str, delimiter: str, chunk: int) -> int | str:
    data = text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "CHUNK_BYTES", chunk)
        try:
            return delimited_count.count_delimited(data, io.BytesIO(data), delimiter, "upload.csv")
        except UnreadableFileError as error:
            return error.message


def found(text: str, delimiter: str) -> int | str:
    try:
        return sum(1 for _ in numbered_rows(io.StringIO(text, newline=""), delimiter, "upload.csv"))
    except UnreadableFileError as error:
        return error.message
