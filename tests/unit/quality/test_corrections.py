"""The workbook as it comes back: which rows were corrected, and the files that they become."""

import io
import json

import pytest

from shared.contracts.model import Contract
from shared.errors import ConflictError
from shared.quality.returned_workbook import CorrectionsError, returned_rows
from tests.reading import cells, contract_of, read
from tests.rejections import JOB, Rejections
from tests.workbooks import sheet, workbook

PEOPLE = contract_of("id", "name", "age", name={"required": True}, age={"type": "integer"})
THREE = b"id,name,age,note\n1,,30,a\n2,,x,b\n3,Cy,y,c\n"
KEY = {"label": "Id", "required": True}
FAMILIES = Contract.model_validate(
    {
        "dataset": "families",
        "version": 1,
        "tables": [
            {"name": "parent", "label": "Parent", "key": ["id"], "columns": {"id": {**KEY, "type": "integer"}}},
            {
                "name": "child",
                "label": "Child",
                "key": ["id"],
                "columns": {"id": KEY, "of": {"label": "Of", "type": "integer"}},
                "rules": [{"column": "of", "references": "parent.id"}],
            },
            {
                "name": "toy",
                "label": "Toy",
                "key": ["id"],
                "columns": {"id": KEY, "of": {"label": "Of"}},
                "rules": [{"column": "of", "references": "child.id"}],
            },
        ],
    }
)


def rejected(data: bytes = THREE, contract: Contract = PEOPLE, name: str = "people.csv") -> Rejections:
    return Rejections(contract, (name, "thing", data))


def test_only_the_rows_that_were_changed_become_a_file_with_all_their_columns():
    found = rejected()
    found.cell(2, "name").value, found.cell(2, "age").value = "Bo", 31
    (file,) = found.files()
    assert (file.filename, file.table) == ("people (corrected).csv", "thing")
    assert file.data == b"id,name,age,note\r\n2,Bo,31,b\r\n"
    corrections = found.sent_back()
    assert (corrections.changed, corrections.along, corrections.unchanged) == (1, 0, 2)


def test_an_untouched_workbook_holds_no_correction():
    found = rejected(b'id,name,age\n1,," 007 "\n2,,"a\r\nb\x0bc_x0041_"\n3,,=1\n4,,\n')
    assert (found.sent_back().rows, found.sent_back().unchanged) == ({}, 4)


def test_rows_may_be_sorted_left_out_and_parted_by_blank_ones_and_columns_moved():
    found = rejected()
    page = found.page()
    found.cell(3, "age").value = 33
    page.move_range("A2:G2", rows=8)
    page.insert_cols(1)
    page["A1"] = "mine"
    page.delete_rows(3)
    page.move_range("H1:H12", cols=4)
    (file,) = found.files()
    assert file.data == b"id,name,age,note\r\n3,Cy,33,c\r\n"
    assert found.sent_back().unchanged == 1


def test_what_could_not_be_shown_whole_is_kept_as_it_was_delivered():
    contract = contract_of("id", "pin", "text", "age", pin={"drop": True, "pii": "secret"}, age={"type": "integer"})
    data = b'id,pin,text,age\n1,1234,"' + b"x" * 40_000 + b'\r\ny",old\n2,99,z,old\n'
    found = rejected(data, contract)
    found.cell(1, "age").value = "7"
    found.cell(2, "pin").value = "5678"
    (file,) = found.files()
    first, second = cells(read(file.data, contract, file.filename))
    assert first == ("1", "1234", "x" * 40_000 + "\r\ny", "7")
    assert second == ("2", "5678", "z", "old")


def test_a_row_of_the_wrong_length_is_put_right_by_moving_its_cells():
    found = rejected(b'id,name,age\n1,Ann\n2,"Bo"b,7\n3,Cy,x,9\n4,Di,8,\n')
    found.cell(1, "age").value = 30
    found.cell(2, "id").value, found.cell(2, "name").value = 2, "Bob"
    found.cell(3, "age").value, found.cell(3, "(column 4)").value = "9", None
    (file,) = found.files()
    assert file.data == b"id,name,age\r\n1,Ann,30\r\n2,Bob,\r\n3,Cy,9\r\n"


def test_a_file_without_a_header_gets_one_unless_its_contract_has_none():
    named = contract_of("id", "name", name={"required": True, "from": ["Full name", "name"]})
    bare = contract_of("id", "name", name={"required": True}, source={"header": "no"})
    for contract, data in ((named, b"id,Full name\r\n1,Ann\r\n"), (bare, b"1,Ann\r\n")):
        found = rejected(b"1,\n2,Bo\n", contract)
        found.page()["E2"] = "Ann"
        assert found.files()[0].data == data


@pytest.mark.parametrize("where", [{}, {"sheet": "People"}, {"sheet": 1}])
def test_rows_of_a_workbook_stay_in_one_where_nothing_else_is_taken(where):
    contract = contract_of("id", "name", name={"required": True}, source={"formats": ["xlsx"], **where})
    page = sheet(["Id", "Name", "pay"], [1, None, 5], [2, "Bo", 6])
    found = rejected(workbook(sheet(), page, names=("a", "People")), contract, "people.xlsx")
    found.cell(1, "Name").value = "+Ann"
    (file,) = found.files()
    assert file.filename == "people (corrected).xlsx"
    assert cells(read(file.data, contract)) == [("1", "+Ann")]


def test_json_keeps_the_fields_and_what_is_nested():
    records = [{"id": 1, "name": None, "age": 30, "more": {"a": [1]}}, {"id": 2, "name": "", "age": [3]}, {"id": 3}]
    found = rejected(json.dumps(records).encode(), name="people.json")
    found.cell(1, "name").value = "Ann"
    found.cell(2, "name").value = "Bo"
    (file,) = found.files()
    assert (file.filename, file.table) == ("people (corrected).json", "thing")
    assert json.loads(file.data) == [
        {"id": "1", "name": "Ann", "age": "30", "more": {"a": ["1"]}},
        {"id": "2", "name": "Bo", "age": ["3"]},
    ]


def test_a_field_that_must_be_in_the_file_is_there_also_where_it_is_empty():
    contract = contract_of("id", "name", "age", name={"mandatory": True}, age={"type": "integer"})
    found = rejected(b'[{"id": 1, "name": "Ann"}, {"id": 2, "age": "x"}]', contract, "people.json")
    found.cell(1, "age").value = 30
    (file,) = found.files()
    assert cells(read(file.data, contract, file.filename)) == [("2", "", "30")]


def test_rows_that_wait_for_a_corrected_row_alone_come_along():
    found = Rejections(
        FAMILIES,
        ("p.csv", "parent", b"id\nx1x\ny\n"),
        ("c.csv", "child", b"id,of\na,7.0\nb,8\nc,no\n"),
        ("t.csv", "toy", b"id,of\nt,a\nu,b\nv,c\n"),
    )
    assert found.book.sheetnames[1:] == ["parent", "child", "toy"]
    found.cell(1, "id").value = 7
    corrections = found.sent_back()
    assert (corrections.changed, corrections.along, corrections.unchanged) == (1, 2, 5)
    assert [file.data for file in found.files()] == [b"id\r\n7\r\n", b"id,of\r\na,7.0\r\n", b"id,of\r\nt,a\r\n"]


def test_a_workbook_that_is_none_of_rejections_is_refused():
    with pytest.raises(CorrectionsError) as refused:
        returned_rows(io.BytesIO(workbook(sheet(["id"], [1]))), "any.xlsx", JOB)
    assert refused.value.code == "not_a_rejection_workbook"
    with pytest.raises(CorrectionsError) as refused:
        returned_rows(io.BytesIO(b"id,name\n1,\n"), "any.csv", JOB)
    assert str(refused.value) == "any.csv is not an Excel workbook (.xlsx)."


def test_a_workbook_of_another_job_is_refused():
    found, stream = rejected(), io.BytesIO()
    found.book.save(stream)
    with pytest.raises(ConflictError) as refused:
        returned_rows(stream, "back.xlsx", "f" * 24)
    assert (refused.value.code, refused.value.details["job"]) == ("other_job", JOB)
    assert returned_rows(stream, "back.xlsx", "f" * 24, replayed=[JOB])


def test_new_repeated_and_unknown_rows_and_missing_columns_are_refused():
    spoilt = {
        "new_row": lambda page: page.append([None, None, None, "9", "New"]),
        "unclear_corrections": lambda page: page.append([cell.value for cell in page[2]]),
        "unknown_row": lambda page: page.append([JOB, "thing", "r99", "9"]),
        "missing_columns": lambda page: page.delete_cols(5),
    }
    for code, spoil in spoilt.items():
        found = rejected()
        spoil(found.page())
        with pytest.raises(CorrectionsError) as refused:
            found.sent_back()
        assert refused.value.code == code
