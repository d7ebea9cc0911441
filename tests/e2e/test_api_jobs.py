from __future__ import annotations

import csv
import io
import re
from datetime import datetime

import msgspec
import pytest

from devkit.samples.ecommerce import generate


def small_file(seed: int) -> bytes:
    return msgspec.json.encode(generate(3, seed=seed, fault_rate=0).records)


def test_an_upload_is_answered_at_once_with_where_it_goes(sent):
    receipt = sent.receipt

    assert re.fullmatch(r"[0-9a-f]{24}", receipt["jobId"])
    assert receipt["parentJobId"] == receipt["jobId"]
    assert receipt["processingPath"] == "small_batch"
    assert receipt["queueName"] == "small-batch-queue"
    assert receipt["recordCount"] == 400
    assert receipt["expectedProcessingTime"]
    assert receipt["routing"]["records"] == 400
    assert receipt["routing"]["bytes"] == len(sent.content)
    assert receipt["routing"]["threshold"] == 10_000
    assert receipt["routing"]["reason"]


def test_the_status_url_leads_to_the_job(api, sent):
    assert api.get(sent.receipt["statusUrl"])["jobId"] == sent.receipt["jobId"]


def test_a_job_tells_its_whole_story(sent):
    job = sent.job

    assert job["state"] == "succeeded_with_rejects"
    assert [event["state"] for event in job["timeline"]] == [
        "received",
        "routed",
        "silver",
        "gold",
        "published",
        "succeeded_with_rejects",
    ]
    moments = [datetime.fromisoformat(event["at"]) for event in job["timeline"]]
    assert moments == sorted(moments)
    assert all(event["ms"] >= 0 for event in job["timeline"])
    assert job["error"] is None
    assert (job["jobName"], job["dataset"], job["recordCount"]) == ("January orders", "ecommerce", 400)
    assert [file["filename"] for file in job["files"]] == ["january.json"]


def test_the_ledger_accounts_for_every_row_as_the_answer_key_does(sent):
    sample = sent.sample

    assert sent.job["ledger"] == {
        table: {
            "read": sample.read[table],
            "silver": sample.accepted[table],
            "quarantined": len(sample.rejections[table]),
            "duplicate": len(sample.duplicates[table]),
            "skipped": 0,
        }
        for table in sample.read
    }


def test_gold_is_counted_by_table(sent):
    assert sent.job["goldTables"].keys() == {
        "dw_users",
        "dw_locations",
        "dw_time",
        "dw_products",
        "dw_orders",
        "dw_user_metrics",
        "dw_category_metrics",
    }
    assert sent.job["goldTables"]["dw_users"] == sent.sample.accepted["user"]


def test_as_of_is_utc_and_kept(sent):
    assert sent.job["asOf"] == "2026-01-15T12:00:00Z"


def test_rejects_are_the_rows_of_the_answer_key_with_their_rules(api, sent):
    rejects = api.get(sent.job["links"]["rejects"])

    quarantined = [reject for reject in rejects if reject["outcome"] == "quarantined"]
    assert {(reject["table"], reject["row"], reject["column"], reject["rule"]) for reject in quarantined} == {
        (table, row, rejection.column, rejection.rule)
        for table, rows in sent.sample.rejections.items()
        for row, rejection in rows.items()
    }
    assert all(reject["message"] and reject["howToFix"] and reject["title"] for reject in quarantined)
    assert all(reject["file"] == "january.json" for reject in rejects)


def test_a_duplicate_names_the_row_that_it_repeats(api, sent):
    duplicates = api.get(sent.job["links"]["rejects"], outcome="duplicate")

    assert {(reject["table"], reject["row"], reject["repeats"]["row"]) for reject in duplicates} == {
        (table, row, kept) for table, rows in sent.sample.duplicates.items() for row, kept in rows.items()
    }
    assert duplicates


def test_rejects_come_as_csv_with_the_same_rows(api, sent):
    rejects = api.get(sent.job["links"]["rejects"])
    text = api.http.get(sent.job["links"]["rejects"], headers={"accept": "text/csv"}).text

    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert [(row["table"], row["row"], row["value"]) for row in rows] == [
        (reject["table"], str(reject["row"]), reject["value"] or "") for reject in rejects
    ]


def test_rejects_are_filtered_and_paged(api, sent):
    address = sent.job["links"]["rejects"]
    everything = api.get(address)

    assert api.get(address, table="user") == [one for one in everything if one["table"] == "user"]
    assert api.get(address, rule="reference") == [one for one in everything if one["rule"] == "reference"]
    assert api.get(address, limit=7, offset=5) == everything[5:12]


def test_the_same_content_again_is_the_same_job(api, sent):
    again = api.send(sent.content, asOf="2026-01-15T12:00:00Z", jobName="Other name", filename="other.json")

    assert again.status_code == 200
    assert again.json()["jobId"] == sent.receipt["jobId"]
    assert again.json()["routing"] == sent.receipt["routing"]
    assert again.headers["location"] == sent.receipt["statusUrl"]


def test_a_form_and_a_body_are_the_same_content(api):
    content = small_file(seed=51)
    form = api.http.post(
        "/api/jobs", data={"dataset": "ecommerce", "jobName": "By form"}, files={"file": ("a.json", content)}
    )
    body = api.send(content)

    assert (form.status_code, body.status_code) == (202, 200)
    assert body.json()["jobId"] == form.json()["jobId"]
    assert body.json()["jobName"] == "By form"


def test_force_makes_a_new_job_that_supersedes_the_old_one(api):
    content = small_file(seed=52)
    first = api.run(content)

    forced = api.send(content, force="true")
    second = api.follow(forced.json()["jobId"])

    assert forced.status_code == 202
    assert second["jobId"] != first["jobId"]
    assert api.get(first["links"]["self"])["state"] == "superseded"
    assert api.send(content).json()["jobId"] == second["jobId"]
    assert api.get("/api/tables/dw_users", filter=f"_job_id={first['jobId']}") == []
    assert len(api.get("/api/tables/dw_users", filter=f"_job_id={second['jobId']}")) == 3


def test_another_as_of_is_another_job(api):
    content = small_file(seed=53)

    assert api.send(content, asOf="2026-01-01").json()["jobId"] != api.send(content, asOf="2026-01-02").json()["jobId"]


def test_ndjson_is_taken_too(api):
    records = generate(4, seed=54, fault_rate=0).records
    content = b"\n".join(msgspec.json.encode(record) for record in records)

    job = api.follow(
        api.http.post(
            "/api/jobs?dataset=ecommerce", content=content, headers={"content-type": "application/x-ndjson"}
        ).json()["jobId"]
    )

    assert (job["state"], job["recordCount"]) == ("succeeded", 4)


def test_several_files_are_one_job(api):
    files = [("file", (f"part-{seed}.json", small_file(seed))) for seed in (55, 56)]

    job = api.follow(api.http.post("/api/jobs?dataset=ecommerce", files=files).json()["jobId"])

    assert (job["state"], job["recordCount"]) == ("succeeded", 6)
    assert [file["records"] for file in job["files"]] == [3, 3]
    assert job["ledger"]["user"]["silver"] == 6


def test_jobs_are_found_by_what_is_known_of_them(api, sent):
    own = sent.job["jobId"]
    child = api.run(small_file(seed=57), parentJobId=own, jobName="A correction")

    def found(**criteria):
        return {job["jobId"] for job in api.get("/api/jobs", limit=500, **criteria)["jobs"]}

    assert own in found(jobName="JANUARY")
    assert own not in found(jobName="correction")
    assert found(name="january ord") == found(jobName="january ord")
    assert child["jobId"] in found(parentJobId=own)
    assert own in found(state="succeeded_with_rejects", path="small_batch", dataset="ecommerce")
    assert own not in found(state="failed")
    assert found(dataset="other") == set()


def test_jobs_come_in_pages_newest_first_without_gap_or_repetition(api, sent):
    expected = [job["jobId"] for job in api.get("/api/jobs", limit=500)["jobs"]]

    seen, cursor = [], None
    while True:
        page = api.get("/api/jobs", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [job["jobId"] for job in page["jobs"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == expected
    created = [job["createdAt"] for job in api.get("/api/jobs", limit=500)["jobs"]]
    assert created == sorted(created, reverse=True)


def test_a_cursor_that_is_none_is_400(api):
    assert api.http.get("/api/jobs?cursor=%21%21").status_code == 400


def test_a_job_that_succeeded_is_not_taken_up_again(api, sent):
    answer = api.http.post(sent.job["links"]["retry"])

    assert answer.status_code == 409
    assert answer.json()["advice"]


@pytest.mark.parametrize("job_id", ["0123456789abcdef01234567", "a'b", "%00", "..%2F..", "é", "x" * 500])
def test_an_unknown_job_is_404(api, job_id):
    for path in (f"/api/jobs/{job_id}", f"/api/jobs/{job_id}/rejects"):
        assert api.http.get(path).status_code == 404
    assert api.http.post(f"/api/jobs/{job_id}/retry").status_code == 404


def test_a_failed_job_is_taken_up_again_from_its_stored_files(api):
    failed = api.run(b'[{"user": {"id": null, "username": "retried"}}]')

    answer = api.http.post(failed["links"]["retry"])
    again = api.follow(failed["jobId"])

    assert (answer.status_code, answer.json()["jobId"]) == (202, failed["jobId"])
    assert answer.headers["location"] == failed["links"]["self"]
    assert (again["state"], again["attempt"]) == ("failed", 2)
    assert again["asOf"] == failed["asOf"]
