"""What is shown of corrections and replays, and with what a command ends."""

from __future__ import annotations

import httpx
import pytest

from tests.unit.devkit.cli.conftest import JOB, job, problem

COUNTS = {"read": 3, "silver": 2, "quarantined": 1, "duplicate": 0, "skipped": 0}
REHEARSAL = {
    "dryRun": True,
    "released": 1200,
    "newlyRejected": 1,
    "releasedBy": [{"table": "user", "title": "Out of range", "label": "Age", "rows": 1200}],
    "newlyRejectedBy": [{"table": "user", "title": "Wrong type", "label": "E-mail", "rows": 1}],
    "ledgerAfter": {"user": COUNTS},
    "refusal": None,
}


@pytest.fixture
def workbook(strata, tmp_path):
    (tmp_path / "fixed.xlsx").write_bytes(b"workbook")
    return "fixed.xlsx"


def corrected(status=202, **changes):
    answer = {"message": "1 row was changed.", "rowsAlong": 2, "job": {"jobId": "b2"}}
    return httpx.Response(status, json=answer | changes)


def test_corrections_that_are_waited_for_end_with_where_the_rows_went(stand_in, strata, workbook):
    stand_in.answer("POST", "/api/jobs/a1/corrections", corrected())
    stand_in.answer("GET", "/api/jobs/b2", job(jobId="b2", ledger={"user": COUNTS}))
    result = strata("correct", "a1", workbook, "--wait")
    assert (result.exit_code, "Job b2: succeeded" in result.stdout) == (0, True)
    assert "1 row was changed.\n2 rows that refer to them are processed with them.\n" in result.stderr
    sent = stand_in.requests[0].content
    assert b'filename="fixed.xlsx"' in sent
    assert b"workbook" in sent


def test_a_workbook_in_which_nothing_was_changed_makes_no_job(stand_in, strata, workbook):
    stand_in.answer("POST", "/api/jobs/a1/corrections", corrected(200, message="No row was changed.", job=None))
    result = strata("correct", "a1", workbook, "--wait")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No row was changed." in result.stderr


def test_a_workbook_that_is_refused_ends_with_one(stand_in, strata, workbook):
    stand_in.answer("POST", "/api/jobs/a1/corrections", problem(409, "other_job", "It is of another job."))
    assert "Error: It is of another job." in strata("correct", "a1", workbook).stderr
    assert strata("correct", "a1", "missing.xlsx").exit_code == 2


def test_a_replay_is_followed_to_its_end(stand_in, strata):
    stand_in.answer("POST", "/api/jobs/a1/replay", httpx.Response(202, json=JOB | {"jobId": "b2"}))
    stand_in.answer("GET", "/api/jobs/b2", job(jobId="b2", state="failed"))
    result = strata("replay", "a1", "--wait")
    assert (result.exit_code, "Job b2: failed" in result.stdout) == (1, True)
    assert "already" not in result.stderr


def test_a_job_that_was_replayed_before_is_shown_with_its_replay(stand_in, strata):
    stand_in.answer("POST", "/api/jobs/a1/replay", httpx.Response(200, json=JOB | {"jobId": "b2"}))
    stand_in.answer("GET", "/api/jobs/b2", job(jobId="b2", supersedes="a1"))
    result = strata("replay", "a1")
    assert (result.exit_code, "b2" in result.stdout) == (0, True)
    assert "It has been replayed already.\nTo follow it: strata job b2 --watch\n" in result.stderr


def test_a_dry_run_says_by_rule_what_would_change(stand_in, strata):
    stand_in.answer("POST", "/api/jobs/a1/replay", httpx.Response(200, json=REHEARSAL))
    result = strata("replay", "a1", "--dry-run")
    assert result.exit_code == 0, result.output
    assert stand_in.requests[0].url.params["dry_run"] == "true"
    assert "A replay would release 1,200 rows and newly reject 1" in result.stdout
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in result.stdout.splitlines()]
    assert ["released", "user", "Age", "Out of range", "1,200"] in rows
    assert ["newly rejected", "user", "E-mail", "Wrong type", "1"] in rows
    assert ["user", "3", "2", "1", "0", "0"] in rows


def test_a_dry_run_of_what_would_not_be_published_says_why_and_ends_with_one(stand_in, strata):
    refusal = {"code": "below_quality_bar", "message": "Too few rows are good.", "advice": "Correct them."}
    stand_in.answer("POST", "/api/jobs/a1/replay", httpx.Response(200, json=REHEARSAL | {"refusal": refusal}))
    result = strata("replay", "a1", "--dry-run")
    assert result.exit_code == 1
    assert "The result would not be published: Too few rows are good.\nCorrect them." in result.stdout
