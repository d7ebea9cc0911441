from __future__ import annotations

import msgspec
import pytest

from devkit.samples.ecommerce import generate


def small_file(seed: int, records: int = 3) -> bytes:
    return msgspec.json.encode(generate(records, seed=seed, fault_rate=0).records)


def rows_of(api, job_id: str) -> int:
    return len(api.get("/api/tables/dw_users", filter=f"_job_id={job_id}"))


@pytest.fixture
def waiting(api):
    """A job that waits for the large path."""
    answer = api.send(b"{}\n" * 10_001, filename="large.ndjson", force="true")
    return answer.json()["jobId"]


def test_a_waiting_job_is_stopped_taken_up_again_stopped_and_deleted(api, waiting):
    links = api.get(f"/api/jobs/{waiting}")["links"]
    refused = api.http.delete(links["self"])
    assert (refused.status_code, refused.json()["code"], links["delete"]) == (409, "not_deletable", None)

    stopped = api.http.post(links["stop"])
    assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
    assert api.http.post(links["stop"]).json() == stopped.json()
    assert stopped.json()["links"]["stop"] is None

    assert api.http.post(links["retry"]).json()["state"] == "routed"
    api.http.post(links["stop"])
    deleted = api.http.delete(stopped.json()["links"]["delete"], params={"bronze": True}).json()
    assert (deleted["state"], deleted["deletion"]["files"]["bronze"], deleted["deletion"]["rows"]) == ("deleted", 1, {})
    assert api.http.delete(links["self"]).json() == deleted


def test_a_deleted_job_is_gone_from_the_tables_and_can_be_sent_again(api):
    content = small_file(seed=71)
    job = api.run(content)
    own = job["jobId"]
    assert rows_of(api, own) == 3

    deleted = api.http.delete(job["links"]["delete"])

    assert deleted.status_code == 200
    assert deleted.json()["deletion"]["by"] == "admin"
    assert deleted.json()["deletion"]["rows"]["dw_users"] == 3
    assert rows_of(api, own) == 0
    assert api.get(job["links"]["self"]) == deleted.json()
    assert api.http.get(job["links"]["rejects"]).status_code == 410
    assert api.http.post(job["links"]["retry"]).status_code == 409
    again = api.run(content)
    assert again["jobId"] != own
    assert rows_of(api, again["jobId"]) == 3


@pytest.mark.parametrize("seed", range(81, 86))
def test_a_job_that_is_stopped_while_it_may_be_running_either_publishes_or_stops(api, seed):
    job_id = api.send(small_file(seed, records=50)).json()["jobId"]

    answer = api.http.post(f"/api/jobs/{job_id}/stop")
    job = api.follow(job_id)

    assert (answer.status_code, job["state"]) in {(200, "stopped"), (202, "stopped"), (409, "succeeded")}
    assert rows_of(api, job_id) == (0 if job["state"] == "stopped" else 50)
    api.http.post(f"/api/jobs/{job_id}/retry")
    assert api.follow(job_id)["state"] == "succeeded"
    assert rows_of(api, job_id) == 50


def test_an_unknown_job_is_neither_stopped_nor_deleted(api):
    assert api.http.post("/api/jobs/nobody/stop").status_code == 404
    assert api.http.delete("/api/jobs/nobody").status_code == 404
