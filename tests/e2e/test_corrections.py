"""A dirty workbook goes in, what was rejected of it comes out, is corrected and sent back: all rows are in gold."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook

HIRED = "hired_employees"
NAMES = ("departments", "jobs", HIRED)
ROWS = {
    "departments": [["ID", "Department", "Budget"], [801, "Research", "=1+1"], [802, None, "@sum"], ["?", "Sales", -5]],
    "jobs": [["id", "job"], [801, "Chemist"], [None, "Clerk"]],
    HIRED: [
        ["job_id", "id", "name", "datetime", "department_id"],
        [801, 80_001, "Ada", "2021-03-01T08:00:00Z", 801],
        [801, 80_002, None, "yesterday", 801],
        [801, 80_003, "Cleo", "2021-03-03T08:00:00Z", 802],
        [802, 80_004, "Dora", "2021-03-04T08:00:00Z", 803],
        [801, 80_001, "Eve", "2021-03-05T08:00:00Z", 801],
    ],
}
#: By sheet, key of the row as it was sent and column: what is right.
CORRECTIONS = {
    ("departments", "802", "Department"): "Legal",
    ("departments", "?", "ID"): 803,
    ("jobs", None, "id"): "802",
    (HIRED, "80002", "name"): "Bea",
    (HIRED, "80002", "datetime"): "2021-03-02T08:00:00Z",
    (HIRED, "80001", "id"): "80005",
}


def written(rows) -> bytes:
    book, stream = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for row in book.active:
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    book.save(stream)
    return stream.getvalue()


def balanced(job) -> bool:
    return all(
        one["read"] == one["silver"] + one["quarantined"] + one["duplicate"] + one["skipped"]
        for one in job["ledger"].values()
    )


def counts(job) -> dict:
    return {name: (one["read"], one["silver"]) for name, one in job["ledger"].items()}


def places(page) -> dict:
    """The cells of a sheet by the key of their row and the name of their column."""
    names = [cell.value for cell in page[1]]
    key = next(number for number, name in enumerate(names) if name.lower() == "id")
    return {(row[key].value, name): row[number] for row in page.iter_rows(2) for number, name in enumerate(names)}


@pytest.fixture(scope="module")
def job(api):
    files = [(name, (f"{name}.xlsx", written(ROWS[name]))) for name in NAMES]
    receipt = api.http.post("/api/jobs", params={"dataset": "hiring", "jobName": "dirty"}, files=files)
    assert receipt.status_code == 202, receipt.text
    return api.follow(receipt.json()["jobId"])


@pytest.fixture(scope="module")
def workbook(api, job) -> bytes:
    answer = api.http.get(job["links"]["workbook"])
    assert answer.status_code == 200, answer.text
    return answer.content


def send(api, job, content: bytes):
    return api.http.post(job["links"]["corrections"], files={"file": ("corrected.xlsx", content)})


def test_the_workbook_holds_the_rejected_rows_alone_with_their_reasons(job, workbook):
    assert counts(job) == {"departments": (3, 1), "jobs": (2, 1), HIRED: (5, 1)}
    book = load_workbook(io.BytesIO(workbook))
    assert book.sheetnames == ["What to fix", *NAMES]
    assert [book[name].max_row - 1 for name in NAMES] == [2, 1, 4]
    budgets = [
        (cell.value, cell.data_type) for (_, name), cell in places(book["departments"]).items() if name == "Budget"
    ]
    assert budgets == [("@sum", "s"), ("-5", "s")]
    cells = places(book[HIRED])
    assert "Name is missing." in cells["80002", "name"].comment.text
    assert cells["80002", "name"].fill.fgColor.rgb == cells["80002", "datetime"].fill.fgColor.rgb == "FFFFC7CE"
    assert cells["80002", "id"].comment is None


def test_untouched_it_adds_nothing(api, job, workbook):
    answer = send(api, job, workbook)
    assert (answer.status_code, answer.json()["job"], answer.json()["unchangedRows"]) == (200, None, 7)
    assert answer.json()["message"] == "No row was changed, so nothing was added."


def test_corrected_and_sent_back_all_rows_are_in_gold_and_both_ledgers_balance(api, job, workbook):
    book = load_workbook(io.BytesIO(workbook))
    for (name, key, column), value in CORRECTIONS.items():
        places(book[name])[key, column].value = value
    stream = io.BytesIO()
    book.save(stream)
    answer = send(api, job, stream.getvalue())
    assert answer.status_code == 202, answer.text
    assert (answer.json()["changedRows"], answer.json()["rowsAlong"], answer.json()["unchangedRows"]) == (5, 2, 0)
    corrected = api.follow(answer.json()["job"]["jobId"])
    assert (corrected["state"], corrected["corrects"], corrected["asOf"]) == ("succeeded", job["jobId"], job["asOf"])
    assert corrected["parentJobId"] == job["parentJobId"]
    assert counts(corrected) == {"departments": (2, 2), "jobs": (1, 1), HIRED: (4, 4)}
    assert balanced(job)
    assert balanced(corrected)
    found = api.get(f"/api/tables/{HIRED}", columns="id,name,department_id,job_id", orderBy="id", limit=100_000)
    assert [tuple(row.values()) for row in found if row["id"] > 80_000 and row["job_id"] in {801, 802}] == [
        (80_001, "Ada", 801, 801),
        (80_002, "Bea", 801, 801),
        (80_003, "Cleo", 802, 801),
        (80_004, "Dora", 803, 802),
        (80_005, "Eve", 801, 801),
    ]
    story = api.get("/api/passport", table=HIRED, key="80002")
    assert [row["jobId"] for row in story["loaded"]] == [corrected["jobId"]]
    assert [(one["jobId"], one["file"], one["row"], one["outcome"]) for one in story["sightings"]] == [
        (corrected["jobId"], f"{HIRED} (corrected).csv", 2, "accepted"),
        (job["jobId"], f"{HIRED}.xlsx", 3, "quarantined"),
    ]
    again = send(api, job, stream.getvalue())
    assert (again.status_code, again.json()["job"]["jobId"]) == (200, corrected["jobId"])
    for one in (corrected, job):
        assert api.http.delete(f"/api/jobs/{one['jobId']}").status_code == 200


def test_a_workbook_of_another_job_is_refused(api, workbook):
    other = api.run(b'[{"id": 1}, {"id": 899, "department": "Other"}]', dataset="hiring", filename="departments.json")
    answer = send(api, other, workbook)
    assert (answer.status_code, answer.json()["code"]) == (409, "other_job")
    assert api.http.delete(f"/api/jobs/{other['jobId']}").status_code == 200
