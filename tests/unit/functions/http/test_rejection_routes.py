"""``/api/jobs/{id}/rejections.xlsx`` and ``…/corrections``: what goes in and out of them."""

from __future__ import annotations

import pytest

from functions.http import authentication
from shared.domain.roles import Principal, Role
from shared.domain.routing import route
from shared.errors import ConflictError
from shared.services.correct import Correction
from shared.services.receive import Receipt
from tests.unit.functions.http.conftest import make_job

URL = "/api/jobs/a1b2c3"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def correction(*, created: bool = True) -> Correction:
    job = make_job(job_id="d4e5f6", corrects="a1b2c3")
    return Correction(Receipt(job, route(3, 120, 10_000), created), changed=2, along=1, unchanged=4)


@pytest.fixture
def sent(app):
    """What the use case is given; it answers what a test puts in first."""
    given = [correction()]

    def correct(job_id, upload):
        given.append((job_id, upload.filename, upload.stream.read()))
        if isinstance(given[0], Exception):
            raise given[0]
        return given[0]

    app.correct = correct
    return given


def test_the_workbook_is_a_file_to_be_saved(client, app):
    app.rejection_workbook = lambda job_id: f"workbook of {job_id}".encode()
    answer = client.get(f"{URL}/rejections.xlsx")
    assert (answer.status_code, answer.content) == (200, b"workbook of a1b2c3")
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["content-disposition"] == 'attachment; filename="rejections-a1b2c3.xlsx"'


@pytest.mark.parametrize(
    "options",
    [
        {"files": {"file": ("back.xlsx", b"PK")}},
        {"params": {"filename": "back.xlsx"}, "content": b"PK", "headers": {"Content-Type": XLSX}},
    ],
)
def test_corrections_come_in_a_form_or_as_the_body_and_make_a_job(client, sent, options):
    answer = client.post(f"{URL}/corrections", **options)
    assert sent[1] == ("a1b2c3", "back.xlsx", b"PK")
    body = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (202, "http://strata.test/api/jobs/d4e5f6")
    assert (body["changedRows"], body["rowsAlong"], body["unchangedRows"]) == (2, 1, 4)
    assert (body["message"], body["job"]["jobId"]) == ("2 rows were changed and will be processed.", "d4e5f6")


@pytest.mark.parametrize(
    ("found", "message", "job_id"),
    [
        (Correction(None, 0, 0, 7), "No row was changed, so nothing was added.", None),
        (correction(created=False), "These corrections came before, and are that job.", "d4e5f6"),
    ],
)
def test_what_adds_nothing_new_is_answered_with_200(client, sent, found, message, job_id):
    sent[0] = found
    answer = client.post(f"{URL}/corrections", files={"file": ("back.xlsx", b"PK")})
    assert (answer.status_code, answer.json()["message"]) == (200, message)
    assert (answer.json()["job"] or {}).get("jobId") == job_id


def test_a_refusal_is_explained(client, sent):
    sent[0] = ConflictError("The workbook holds rows of another job.", code="other_job")
    answer = client.post(f"{URL}/corrections", files={"file": ("back.xlsx", b"PK")})
    assert (answer.status_code, answer.json()["code"]) == (409, "other_job")


def test_several_files_are_refused(client, sent):
    answer = client.post(f"{URL}/corrections", files=[("a", ("a.xlsx", b"PK")), ("b", ("b.xlsx", b"PK"))])
    assert (answer.status_code, answer.json()["code"], len(sent)) == (400, "several_files", 1)


def test_nobody_reads_or_corrects_the_rows_of_others(client, app, sent, monkeypatch):
    monkeypatch.setattr(authentication, "_of_our_own", lambda _: Principal("bob", Role.USER))
    app.jobs_by_id["a1b2c3"] = make_job(user_id="ann")
    answers = [
        client.get(f"{URL}/rejections.xlsx"),
        client.post(f"{URL}/corrections", files={"file": ("back.xlsx", b"PK")}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(sent) == 1
