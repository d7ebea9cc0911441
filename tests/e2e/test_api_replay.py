"""A job's files once more, and one row's story, through the running system."""

from __future__ import annotations

import msgspec

from devkit.samples.ecommerce import generate


def test_a_job_is_tried_out_replayed_and_its_rows_tell_of_both(api):
    records = generate(5, seed=91, fault_rate=0).records
    records[4]["user"]["sex"] = "unsaid"
    job = api.run(msgspec.json.encode(records))
    key = records[0]["user"]["id"]

    tried = api.http.post(job["links"]["replay"], params={"dry_run": True})
    assert tried.status_code == 200
    assert (tried.json()["released"], tried.json()["newlyRejected"]) == (0, 0)
    assert tried.json()["ledgerAfter"] == tried.json()["ledgerBefore"] == job["ledger"]
    assert api.get(job["links"]["self"]) == job

    answers = [api.http.post(job["links"]["replay"]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 200]
    (replay_id,) = {answer.json()["jobId"] for answer in answers}
    assert answers[0].headers["location"].endswith(f"/api/jobs/{replay_id}")
    replay = api.follow(replay_id)

    assert (replay["replayOf"], replay["parentJobId"], replay["ledger"]) == (job["jobId"], job["jobId"], job["ledger"])
    before = api.get(job["links"]["self"])
    assert (before["state"], before["supersededBy"], before["links"]["replay"]) == ("superseded", replay_id, None)

    loaded = api.get("/api/passport", table="dw_users", key=key)
    assert [row["jobId"] for row in loaded["loaded"]] == [replay_id]
    assert [one["jobId"] for one in loaded["sightings"]] == [replay_id, job["jobId"]]
    cells = {cell["column"]: cell["value"] for cell in loaded["sightings"][0]["raw"]}
    assert (cells["id"], cells["password"]) == (key, "(not shown)")

    rejected = api.get("/api/passport", table="user", key=records[4]["user"]["id"])
    assert rejected["loaded"] == []
    (told, _) = rejected["sightings"]
    assert (told["outcome"], told["row"], told["values"]) == ("quarantined", 5, None)
    assert [(one["column"], one["rule"]) for one in told["verdicts"]] == [("sex", "one_of")]

    refused = api.http.get("/api/passport", params={"table": "dw_users", "key": "nobody", "dataset": "ecommerce"})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_row")
