from __future__ import annotations

import httpx
import msgspec
import pytest
from azure.storage.blob import BlobServiceClient

from devkit.samples.ecommerce import generate

BLOCK_BLOB = {"x-ms-blob-type": "BlockBlob"}


def records(count: int, seed: int) -> bytes:
    return msgspec.json.encode(generate(count, seed=seed, fault_rate=0).records)


def clean(api, **body):
    return api.http.post("/api/clean_data", json=body)


@pytest.fixture(scope="module")
def raw(system):
    """The container in which others put their raw data."""
    with BlobServiceClient.from_connection_string(system.connection_string) as service:
        yield service.create_container("raw")


@pytest.fixture(scope="module")
def raw_job(api, raw):
    raw.upload_blob("admin/batch-2024-Q4/j1.json", records(30, seed=401))
    raw.upload_blob("admin/batch-2024-Q4/j2.json", records(20, seed=402))
    answer = clean(api, dataCount=60, jobName="Q4_2024_Sales", parentJobId="batch-2024-Q4")
    assert answer.status_code == 202, answer.text
    return answer.json(), api.follow(answer.json()["jobId"])


def test_a_claim_is_answered_with_a_path_and_an_address_and_counted_after_the_upload(api):
    answer = clean(api, dataCount=10_001, jobName="Q4_2024_Sales").json()
    assert (answer["success"], answer["recordCount"], answer["provisional"]) == (True, 10_001, True)
    assert (answer["processingPath"], answer["queueName"]) == ("large_batch", "large-batch-queue")
    waiting = api.get(answer["statusUrl"])
    assert (waiting["state"], waiting["provisional"]) == ("awaiting_file", True)
    assert (waiting["processingPath"], waiting["recordCount"]) == ("large_batch", None)

    uploaded = httpx.put(answer["uploadUrl"], content=records(12, seed=400), headers=BLOCK_BLOB, trust_env=False)
    assert uploaded.status_code == 201, uploaded.text
    assert api.http.post(answer["completeUrl"]).status_code == 202

    job = api.follow(answer["jobId"])
    assert (job["state"], job["processingPath"], job["provisional"]) == ("succeeded", "small_batch", False)
    assert (job["recordCount"], job["claimedCount"]) == (12, 10_001)
    assert "Claimed 10,001 records, counted 12." in {event["note"] for event in job["timeline"]}


def test_raw_data_of_a_parent_job_becomes_one_job(raw_job):
    answer, job = raw_job

    assert (answer["parentJobId"], answer["files"]) == ("batch-2024-Q4", ["j1.json", "j2.json"])
    assert answer["uploadUrl"] is None
    assert (job["state"], job["recordCount"], job["parentJobId"]) == ("succeeded", 50, "batch-2024-Q4")
    assert job["ledger"]["user"]["silver"] == 50
    assert "Claimed 60 records, counted 50." in {event["note"] for event in job["timeline"]}


def test_raw_data_is_neither_copied_nor_changed(bronze, raw, raw_job):
    answer, _ = raw_job

    assert not [blob for blob in bronze.list_blob_names() if answer["jobId"] in blob]
    assert list(raw.list_blob_names()) == ["admin/batch-2024-Q4/j1.json", "admin/batch-2024-Q4/j2.json"]


@pytest.mark.parametrize(
    ("blob", "status", "code"),
    [
        ("admin/batch-2024-Q4/../../other/x.json", 400, "invalid_blob_name"),
        ("admin/batch-2024-Q4/j9.json", 404, "no_raw_data"),
    ],
)
def test_raw_files_that_cannot_be_named_make_no_job(api, raw_job, blob, status, code):
    answer = clean(api, dataCount=1, blobs=[blob], jobName="Never made")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert api.get("/api/jobs", jobName="Never made")["jobs"] == []


def test_the_paths_describe_themselves(api):
    small, large = (api.get(f"/api/routing_config/{path}") for path in ("small_batch", "large_batch"))

    assert (small["pathType"], small["threshold"], small["engine"]) == ("small_batch", 10_000, "pyarrow")
    assert (large["pathType"], large["pipelineName"]) == ("large_batch", "LargeBatchCleaningPipeline")
    assert api.http.get("/api/routing_config/medium").json()["known"] == ["small_batch", "large_batch"]


@pytest.mark.parametrize("path", ["/api/health", "/api/docs", "/api/openapi.json", "/api/jobs"])
def test_head_is_answered_by_the_host(api, path):
    answer = api.http.head(path)

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0
