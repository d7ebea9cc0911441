"""Tables in Excel workbooks."""

import math
import re

import pytest

from shared.errors import UnreadableFileError
from shared.readers import workbook_package
from tests.reading import cells, contract_of, numbers, read
from tests.workbooks import DATE, HOURS, MOMENT, Cell, sheet, sheet_of, workbook

JOBS = contract_of("id", "job", id={"type": "integer"})
DAYS = contract_of("id", "day", day={"type": "date"})
TABLE = (["id", "job"], [1, "Clerk"], [2, "Cook"])


def test_a_table_is_read_with_its_rows_numbered_as_excel_shows_them():
    rows = read(workbook(sheet(*TABLE)), JOBS, "jobs.xlsx")
    assert cells(rows) == [("1", "Clerk"), ("2", "Cook")]
    assert numbers(rows) == [2, 3]


def test_what_the_file_is_called_does_not_matter():
    assert cells(read(workbook(sheet(*TABLE)), JOBS, "jobs.csv")) == [("1", "Clerk"), ("2", "Cook")]
    assert cells(read(b"id,job\n1,Clerk\n", JOBS, "jobs.xlsx")) == [("1", "Clerk")]


def test_a_sheet_without_a_header_keeps_its_first_row():
    rows = read(workbook(sheet(*TABLE[1:])), JOBS)
    assert (cells(rows), numbers(rows)) == ([("1", "Clerk"), ("2", "Cook")], [1, 2])


def test_titles_and_blank_rows_and_columns_around_a_table_are_not_part_of_it():
    page = sheet(["Jobs"], [], ["as of 2021"], *TABLE[:2], [], ["  ", None], TABLE[2], [], at="C4")
    rows = read(workbook(page), JOBS)
    assert cells(rows) == [("1", "Clerk"), ("2", "Cook")]
    assert numbers(rows) == [8, 11]


def test_of_forty_columns_the_three_of_the_table_are_read():
    header = [f"column {place}" for place in range(40)]
    header[3], header[17], header[39] = "Job", "ID", "pay"
    row = list(range(40))
    assert cells(read(workbook(sheet(header, row)), contract_of("id", "job", "pay"))) == [("17", "3", "39")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8, "8"),
        ("8.0", "8.0"),
        (Cell(8.5), "8.5"),
        (Cell(8.0), "8"),
        (Cell(12345678901234), "12345678901234"),
        (Cell(1e20), "100000000000000000000"),
        (Cell(1e-7), "0.0000001"),
        (Cell(0.30000000000000004), "0.30000000000000004"),
        (True, "true"),
        ("  as is ", "  as is "),
        ("2021-11-07T02:48:42Z", "2021-11-07T02:48:42Z"),
        (Cell(44507, DATE), "2021-11-07"),
        (Cell(44507.117152777781, MOMENT), "2021-11-07T02:48:42"),
        (Cell(1.125, HOURS), "27:00:00"),
        (Cell(44507), "44507"),
        (Cell(3, formula="1+2"), "3"),
        (Cell("ab", formula='"a"&"b"'), "ab"),
        (None, None),
    ],
)
def test_a_cell_is_text_as_it_was_written_and_a_formula_is_what_it_last_gave(value, text):
    assert cells(read(workbook(sheet(["id", "job"], [1, value])), JOBS)) == [("1", text)]


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ({"type": "date"}, "2021-11-07T02:48:42"),
        ({"type": "timestamp"}, "2021-11-07T02:48:42"),
        ({"type": "timestamp", "formats": ["iso-z"]}, "2021-11-07T02:48:42Z"),
        ({"type": "timestamp", "formats": ["us", "iso"]}, "2021-11-07T02:48:42"),
        ({"type": "timestamp", "formats": ["us"]}, "11/07/2021T02:48:42"),
        ({"type": "timestamp", "formats": ["iso-slash"]}, "2021/11/07T02:48:42"),
    ],
)
def test_a_date_is_written_as_its_column_wants_it_whether_or_not_excel_knows_that_it_is_one(column, written):
    contract = contract_of("id", "day", day=column)
    for style in (MOMENT, 0):
        rows = read(workbook(sheet(["id", "day"], [1, Cell(44507.117152777781, style)])), contract)
        assert cells(rows) == [("1", written)]


def test_days_may_be_counted_from_1904():
    page = sheet(["id", "day"], [1, Cell(43045)], [2, Cell(43045, DATE)])
    assert cells(read(workbook(page, settings='<workbookPr date1904="1"/>'), DAYS)) == [
        ("1", "2021-11-07"),
        ("2", "2021-11-07"),
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(20211107, "20211107"), (60, "60"), (Cell(-1.5), "-1.5"), (Cell(math.nan), "nan")]
)
def test_a_number_that_is_no_day_of_excel_is_left_as_it_is(value, text):
    assert cells(read(workbook(sheet(["id", "day"], [1, value])), DAYS)) == [("1", text)]


def test_a_header_may_be_merged_over_two_rows_and_several_columns():
    header = (["ID", "Person", None, "Job"], [None, "First", "Last", None])
    page = sheet(*header, [1, "Ann", "Smith", "Clerk"], merged=("A1:A2", "B1:C1", "D1:D2"))
    rows = read(workbook(page), contract_of("id", "first", "last", "job", job={"required": True}))
    assert (cells(rows), numbers(rows)) == ([("1", "Ann", "Smith", "Clerk")], [3])


def test_the_sheet_whose_header_fits_is_read_and_hidden_ones_are_not():
    notes, other = sheet(["Read me"], ["These are the jobs of 2021."]), sheet(["id", "job"], [9, "Secret"])
    rows = read(workbook(other, notes, sheet(*TABLE), names=("Old", "Notes", "Jobs"), hidden="Old"), JOBS)
    assert cells(rows) == [("1", "Clerk"), ("2", "Cook")]


@pytest.mark.parametrize("wanted", ["jobs ", 1])
def test_a_contract_may_name_or_count_the_sheet(wanted):
    contract = contract_of("id", "job", source={"sheet": wanted})
    pages = (sheet(["id", "job"], [9, "Old"]), sheet(*TABLE))
    assert cells(read(workbook(*pages, names=("Old", "Jobs")), contract)) == [("1", "Clerk"), ("2", "Cook")]


@pytest.mark.parametrize(("wanted", "said"), [("Hires", "no sheet 'Hires'"), (2, "no sheet number 3")])
def test_a_sheet_that_is_not_there_is_said_with_those_that_are(wanted, said):
    with pytest.raises(UnreadableFileError) as refused:
        read(workbook(sheet(*TABLE), names=("Jobs",)), contract_of("id", "job", source={"sheet": wanted}), "jobs.xlsx")
    assert (refused.value.code, refused.value.details["found"]) == ("missing_sheet", ["Jobs"])
    assert said in refused.value.message


def test_a_sheet_that_lacks_a_column_is_named_with_what_it_has():
    with pytest.raises(UnreadableFileError, match=re.escape("The sheet 'Sheet1' of jobs.xlsx lacks the column id")):
        read(workbook(sheet(["nr", "job"], [1, "Clerk"])), JOBS, "jobs.xlsx")


def test_a_cell_far_away_without_a_value_does_no_harm():
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="XFD1" s="1"/></row><row r="1048576"/>'
    assert cells(read(workbook(sheet_of(rows)), JOBS)) == [("1", "2")]


@pytest.mark.parametrize(
    ("first", "other", "code"),
    [
        (
            '<row r="1"><c r="A1"><v>1</v></c></row>',
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            "too_large",
        ),
        ('<row r="1"><c r="A1"><v>1</v></c></row>', '<row r="2"><c r="XFE2"><v>1</v></c></row>', "damaged"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>', '<row r="1"><c r="A1"><v>&b;</v></c></row>', "damaged"),
        ('<row r="1"><c r="A1"><v>1</v></c></row>', "<row>", "damaged"),
    ],
    ids=["spans the whole grid", "has a cell in no place", "has entities", "has tags that do not match"],
)
def test_a_sheet_that_might_end_the_process_is_refused_before_it_is_opened(first, other, code):
    with pytest.raises(UnreadableFileError) as refused:
        read(workbook(sheet_of(first + other)), JOBS, "jobs.xlsx")
    assert code in refused.value.code
    assert "jobs.xlsx" in refused.value.message


def test_a_workbook_that_overstates_its_texts_is_refused():
    texts = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="99999999999"></sst>'
    with pytest.raises(UnreadableFileError, match="damaged"):
        read(workbook(sheet(*TABLE), sharedStrings=texts), JOBS)


def test_a_workbook_of_too_much_text_is_refused(monkeypatch):
    monkeypatch.setattr(workbook_package, "MAX_XML_BYTES", 1_000)
    with pytest.raises(UnreadableFileError) as refused:
        read(workbook(sheet(*TABLE)), JOBS)
    assert refused.value.code == "workbook_too_large"
    assert "as CSV" in refused.value.advice


def test_half_a_workbook_is_refused():
    whole = workbook(sheet(*TABLE))
    with pytest.raises(UnreadableFileError) as refused:
        read(whole[: len(whole) // 2], JOBS)
    assert refused.value.code == "damaged_archive"


def test_an_old_workbook_is_refused_with_what_to_do():
    with pytest.raises(UnreadableFileError) as refused:
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, JOBS, "jobs.xls")
    assert refused.value.code == "wrong_format"
    assert "old Excel file" in refused.value.message
    assert "save it as .xlsx" in refused.value.advice
