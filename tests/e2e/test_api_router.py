from __future__ import annotations

import pytest


def numbered(count: int, start: int = 0) -> bytes:
    """A file of so many records that nobody else has sent."""
    return b"[" + b",".join(b'{"no":%d}' % number for number in range(start, start + count)) + b"]"


def test_exactly_the_threshold_is_small(api):
    receipt = api.send(numbered(10_000)).json()

    assert (receipt["recordCount"], receipt["processingPath"]) == (10_000, "small_batch")
    assert receipt["queueName"] == "small-batch-queue"


@pytest.fixture(scope="module")
def large(api):
    return api.send(numbered(10_001), jobName="Too many").json()


def test_one_more_is_large(large):
    assert (large["recordCount"], large["processingPath"]) == (10_001, "large_batch")
    assert large["queueName"] == "large-batch-queue"
    assert "10,001" in large["routing"]["reason"]


def test_a_large_job_waits_and_says_so(api, large):
    job = api.get(large["statusUrl"])

    assert job["state"] == "routed"
    assert "wait" in job["timeline"][-1]["note"]
    assert job["ledger"] == {}


def test_the_records_of_all_files_count_together(api):
    files = [
        ("file", ("a.json", numbered(5_000, start=20_000))),
        ("file", ("b.json", numbered(5_001, start=30_000))),
    ]

    receipt = api.http.post("/api/jobs?dataset=ecommerce", files=files).json()

    assert (receipt["recordCount"], receipt["processingPath"]) == (10_001, "large_batch")


def test_what_a_client_claims_does_not_count(api):
    receipt = api.send(numbered(3, start=50_000), recordCount="1000000", records="1000000").json()

    assert (receipt["recordCount"], receipt["processingPath"]) == (3, "small_batch")
