"""The workbook in which rejected rows go out to their sender."""

import io
import json
import zipfile

import pytest

from shared.quality.rejection_workbook import HIDDEN_COLUMNS, write_rejection_workbook
from tests.reading import contract_of
from tests.rejections import JOB, Rejections, shown
from tests.workbooks import DATE, Cell, sheet, workbook

PEOPLE = contract_of(
    "id", "name", "age", "born", name={"required": True}, age={"type": "integer"}, born={"type": "date"}
)
RED = "FFFFC7CE"


def rejected(data: bytes, contract=PEOPLE, name: str = "people.csv") -> Rejections:
    return Rejections(contract, (name, "thing", data))


def test_rejected_rows_stand_there_as_they_were_sent_with_all_columns_and_no_others():
    found = rejected(b"Remark;ID;name;AGE;\r\nfine;1;Ann;30;x\r\n bad ;2;;old;y\r\n")
    assert found.book.sheetnames == ["What to fix", "thing"]
    assert shown(found.page()) == [["Remark", "ID", "name", "AGE", "(column 5)"], [" bad ", "2", None, "old", "y"]]


def test_the_cells_to_blame_are_coloured_and_say_why_and_no_others():
    found = rejected(b"id,name,age\n1,Ann,30\n2,,old\n")
    comments = {column: found.cell(1, column).comment for column in ("id", "name", "age")}
    assert comments["name"].text.startswith("name is missing. Fill in the value.\n(row 3 of people.csv)")
    assert comments["age"].text.startswith("age is not a whole number of at most 18 digits. Write the value in the")
    assert comments["id"] is None
    colours = [found.cell(1, column).fill.fgColor.rgb for column in ("id", "name", "age")]
    assert colours == ["00000000", RED, RED]


def test_the_first_sheet_says_what_to_fix_most_frequent_first():
    found = rejected(b"id,name,age\n1,,30\n2,,old\n3,Bo,old\n3,,1\n4,Cy,1\n4,Di,1\n")
    rows = [row for row in shown(found.page(0)) if row[1] and row[0] != "Rows"]
    assert rows == [
        [3, "Thing", "name", "name is missing.", "Fill in the value."],
        [2, "Thing", "age", "age is not a whole number of at most 18 digits.", "Write the value in the form named."],
        [1, "Thing", "id", "id stands in another row too; the row named there was kept.",
         "Remove the row, or give it a key of its own."],
    ]  # fmt: skip
    assert "It repeats row 6 of people.csv." in found.cell(5, "id").comment.text


def test_no_cell_is_a_formula_whatever_it_begins_with():
    texts = ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "=HYPERLINK(1)", "http://a.b", "{=1}"]
    lines = "".join(f'{number},,"{text}"\n' for number, text in enumerate(texts))
    found = rejected(f'id,name,"=cmd"\n{lines}'.encode())
    values = [(found.cell(row, "=cmd").value, found.cell(row, "=cmd").data_type) for row in range(1, len(texts) + 1)]
    assert values == [(text.replace("\r", "\n"), "s") for text in texts]
    assert {cell.data_type for page in found.book for row in page for cell in row} <= {"s", "n"}
    assert {cell.number_format for row in found.page()["D1:F10"] for cell in row} == {"@"}


def test_job_table_and_place_are_hidden_and_are_sorted_along_with_the_row():
    found = rejected(b"id,name\n1,Ann\n2,\n")
    page = found.page()
    assert tuple(cell.value for cell in page[1][:3]) == HIDDEN_COLUMNS
    assert [cell.value for cell in page[2][:3]] == [JOB, "thing", "r3"]
    hidden = page.column_dimensions["A"]
    assert (hidden.hidden, hidden.min, hidden.max) == (True, 1, 3)
    assert page.auto_filter.ref == "A1:E2"


def test_what_a_workbook_cannot_hold_is_replaced_and_what_is_too_long_is_cut():
    found = rejected(b"id,name,age\n1,,a\x00b\n2,,\xf0\x9f\x98\x80" + b"x" * 40_000 + b"\n")
    assert found.cell(1, "age").value == "a\ufffdb"
    assert found.cell(2, "age").value == "\U0001f600" + "x" * 31_998


def test_secrets_are_not_shown_nor_rows_in_which_they_may_stand_anywhere():
    contract = contract_of("id", "pin", "age", pin={"drop": True, "pii": "secret"}, age={"type": "integer"})
    found = rejected(b"id,pin,age\n1,1234,x\n2,,y\n3,1234\n", contract)
    assert shown(found.page())[1:] == [["1", "(not shown)", "x"], ["2", None, "y"], [None, None, None]]
    assert "expected 3 cells, found 2." in found.cell(3, "id").comment.text


def test_a_row_with_too_many_cells_is_shown_with_all_of_them_and_coloured_as_a_whole():
    found = rejected(b'id,name\n1,Ann,x\n2,"Bo"b\n')
    assert shown(found.page()) == [["id", "name", "(column 3)"], ["1", "Ann", "x"], [None, None, None]]
    assert {found.cell(row, name).fill.fgColor.rgb for row in (1, 2) for name in ("id", "name")} == {RED}


def test_a_file_without_a_header_gets_the_names_of_the_contract():
    found = rejected(b"1,Ann,30,2000-01-01\n2,,31,2000-01-01\n")
    assert shown(found.page()) == [["id", "name", "age", "born"], ["2", None, "31", "2000-01-01"]]


def test_dates_and_numbers_of_a_workbook_are_shown_in_the_form_that_their_columns_expect():
    data = workbook(sheet(["id", "name", "born", "seen"], [1.0, None, Cell(45000, DATE), Cell(45000, DATE)]))
    found = rejected(data, name="people.xlsx")
    assert shown(found.page())[1] == ["1", None, "2023-03-15", "2023-03-15"]


def test_json_records_have_a_column_for_each_field_and_for_those_that_are_missing():
    records = [{"id": 1, "name": "Ann", "age": 3}, {"note": 1.50, "id": 2, "age": [1]}, {"id": 3, "name": None}, 7]
    found = rejected(json.dumps(records).encode(), name="people.json")
    assert shown(found.page()) == [
        ["note", "id", "age", "name", "born"],
        ["1.5", "2", '["1"]', None, None],
        [None, "3", None, None, None],
        [None, None, None, None, None],
    ]


def test_each_file_of_a_table_has_a_sheet_of_its_own():
    found = Rejections(PEOPLE, ("a.csv", "thing", b"id,name\n1,\n"), ("a.csv", "thing", b"name,id\n,2\n"))
    assert found.book.sheetnames == ["What to fix", "thing", "thing (2)"]
    assert [shown(found.page(number))[1] for number in (1, 2)] == [["1", None], [None, "2"]]


def test_without_a_rejected_row_it_says_so():
    found = rejected(b"id,name\n1,Ann\n")
    assert [row[0] for row in shown(found.page(0))][1] == "Every row was loaded: there is nothing to fix."


@pytest.mark.parametrize(("omitted", "told"), [(0, False), (1200, True)])
def test_rows_that_find_no_room_are_counted(omitted, told):
    found = rejected(b"id,name\n1,\n")
    assert (b"1,200 more rows" in _text(write_rejection_workbook(JOB, found.sheets, omitted))) is told


def _text(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")
