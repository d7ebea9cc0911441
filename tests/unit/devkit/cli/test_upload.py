"""How files travel, and what is said of jobs that do not go straight to their end."""

from __future__ import annotations

import httpx
import pytest

from tests.unit.devkit.cli.conftest import JOB, TOKEN, job, problem

STORAGE = "https://account.blob.test/landing/admin/a1/orders.json"
TOO_LARGE = problem(413, "upload_too_large")


@pytest.fixture
def files(strata, tmp_path):
    """Two files in the current folder."""
    for name in ("orders.json", "more.json"):
        (tmp_path / name).write_bytes(f"[{name}]".encode())
    return ["orders.json", "more.json"]


@pytest.fixture
def storage(stand_in):
    """A system that takes nothing in a request and hands out addresses."""
    places = [{"uploadUrl": f"{STORAGE}{number}?sig=s%2Bg"} for number in range(2)]
    stand_in.answer("POST", "/api/jobs", TOO_LARGE)
    stand_in.answer("POST", "/api/uploads", httpx.Response(201, json={"jobId": "a1", "files": places}))
    for number in range(2):
        stand_in.answer("PUT", f"/landing/admin/a1/orders.json{number}", httpx.Response(201))
    stand_in.answer("POST", "/api/uploads/a1/complete", httpx.Response(202, json={}))
    stand_in.answer("GET", "/api/jobs/a1", job(state="awaiting_file"), job())
    return stand_in


def test_what_one_request_cannot_take_goes_to_storage_block_by_block(storage, files, strata, monkeypatch):
    monkeypatch.setattr("devkit.cli.storage._BLOCK_BYTES", 8)
    result = strata("upload", *files, "--dataset", "ecommerce", "--name", "mine", "--wait")
    assert result.exit_code == 0, result.output
    puts = [request for request in storage.requests if request.method == "PUT"]
    blocks = [request for request in puts if request.url.params["comp"] == "block"]
    assert b"".join(request.content for request in blocks) == b"[orders.json][more.json]"
    assert max(len(request.content) for request in blocks) == 8
    lists = [request for request in puts if request.url.params["comp"] == "blocklist"]
    for number, listed in enumerate(lists):
        own = [request for request in blocks if request.url.path == listed.url.path]
        names = "".join(f"<Latest>{request.url.params['blockid']}</Latest>" for request in own)
        assert names in listed.content.decode()
        assert (listed.url.path[-1], listed.url.params["sig"]) == (str(number), "s+g")
    assert storage.requests[-3].url.path == "/api/uploads/a1/complete"


def test_the_storage_is_never_shown_the_token(storage, files, strata):
    strata("upload", *files, "--dataset", "ecommerce")
    shown = {request.url.host: request.headers.get("authorization") for request in storage.requests}
    assert shown == {"strata.test": f"Bearer {TOKEN}", "account.blob.test": None}


def test_a_refusal_of_the_storage_is_told_of_in_words(storage, files, strata):
    refused = httpx.Response(403, headers={"x-ms-error-code": "AuthenticationFailed"})
    storage.answer("PUT", "/landing/admin/a1/orders.json0", refused)
    result = strata("upload", *files, "--dataset", "ecommerce")
    assert result.exit_code == 1
    assert "The storage answered 403 (AuthenticationFailed)." in result.stderr


def test_a_storage_that_cannot_be_reached_is_told_of_in_words(storage, files, strata):
    storage.answer("PUT", "/landing/admin/a1/orders.json0", httpx.ConnectError("refused"))
    assert "The storage cannot be reached (refused)." in strata("upload", *files, "--dataset", "ecommerce").stderr


def test_content_that_came_before_by_way_of_storage_is_followed_where_it_is(storage, files, strata):
    storage.answer("GET", "/api/jobs/a1", job(state="superseded", supersededBy="b2"))
    storage.answer("GET", "/api/jobs/b2", job(jobId="b2"))
    result = strata("upload", *files, "--dataset", "ecommerce", "--wait")
    assert (result.exit_code, result.stdout) == (0, "Job b2: succeeded\n")
    assert "The same content came before, as job b2." in result.stderr


@pytest.mark.parametrize(("state", "code"), [("failed", 1), ("stopped", 1), ("succeeded_with_rejects", 0)])
def test_the_exit_code_says_whether_the_job_failed(state, code, stand_in, files, strata):
    stand_in.answer("POST", "/api/jobs", httpx.Response(202, json={"jobId": "a1"}))
    stand_in.answer("GET", "/api/jobs/a1", job(state="routed"), job(state=state))
    assert strata("upload", files[0], "--dataset", "ecommerce", "--wait").exit_code == code
    assert strata("job", "a1", "--watch").exit_code == code
    assert strata("job", "a1").exit_code == 0


def test_a_job_that_waits_for_the_warehouse_says_why_while_it_waits(stand_in, strata):
    waits = {"code": "unavailable", "message": "The warehouse does not answer.", "advice": "Wait."}
    stand_in.answer("GET", "/api/jobs/a1", job(state="gold", error=waits), job())
    shown = strata("job", "a1", "--watch").stderr
    assert "a1: gold: The warehouse does not answer." in shown
    assert "a1: succeeded" in shown


def test_a_large_job_is_not_waited_for(stand_in, strata):
    stand_in.answer("GET", "/api/jobs/a1", job(state="routed", processingPath="large_batch"))
    result = strata("job", "a1", "--watch")
    assert result.exit_code == 0
    assert "waits for the large path" in result.stderr


def test_what_comes_from_data_is_shown_as_it_is_and_never_as_markup_or_control(stand_in, strata):
    stand_in.answer("GET", "/api/jobs", httpx.Response(200, json={"jobs": [JOB | {"jobName": "[red]x"}], "next": "n"}))
    result = strata("jobs")
    assert "[red]x" in result.stdout
    assert "There are more" in result.stderr
    stand_in.answer("GET", "/api/queries/all", httpx.Response(200, json=[{"text": "a\x1b[31mb", "none": None}]))
    stand_in.answer("GET", "/api/queries", httpx.Response(200, json=[{"name": "all", "title": "All?"}]))
    assert "\x1b" not in strata("query", "all").stdout


def test_a_dataset_may_be_named_once_for_all(stand_in, files, strata):
    stand_in.answer("POST", "/api/jobs", httpx.Response(202, json={"jobId": "a1"}))
    stand_in.answer("GET", "/api/jobs/a1", job())
    assert strata("upload", *files, STRATA_DATASET="hiring").exit_code == 0
    assert stand_in.requests[0].url.params["dataset"] == "hiring"
    assert strata("upload", *files).exit_code == 2
