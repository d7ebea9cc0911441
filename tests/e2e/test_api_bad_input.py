from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from devkit.samples.ecommerce import generate

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDS = generate(3, seed=71, fault_rate=0).records
GOOD = json.dumps(RECORDS).encode()


def changed(change: Callable[[list[dict[str, Any]]], object]) -> bytes:
    """The good records with one change, as a file."""
    records = copy.deepcopy(RECORDS)
    change(records)
    return json.dumps(records).encode()


UNREADABLE = {
    "an empty file": (b"", "empty_file"),
    "blanks alone": (b" \r\n\t", "empty_file"),
    "truncated JSON": (GOOD[:-300], "truncated_json"),
    "an object instead of an array": (b'{"user": {"id": "u1"}}', "object_instead_of_array"),
    "NUL bytes": (GOOD.replace(b"female", b"fem\x00le").replace(b"male", b"m\x00le"), "nul_bytes"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "wrong_encoding"),
    "Latin-1": (GOOD[:-1] + ',{"user":{"job":"Bäcker"}}]'.encode("latin-1"), "wrong_encoding"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(1, 128)), "not_json"),
    "CSV": (b"id,name\n1,Ann\n", "not_json"),
    "plain text": (b"hello", "not_json"),
    "JSON with an ending too many": (GOOD + b"]", "malformed_json"),
    "a hundred thousand brackets": (b"[" * 100_000 + b"]" * 100_000, "nested_too_deeply"),
}


@pytest.mark.parametrize(("content", "code"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_gets_its_own_error_and_is_kept(api, bronze, content, code):
    answer = api.send(content)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "orders.json" in problem["detail"]
    assert problem["advice"]
    job = api.get(problem["statusUrl"])
    assert (job["jobId"], job["state"], job["error"]["code"]) == (problem["jobId"], "failed", code)
    kept = [blob.name for blob in bronze.list_blobs(name_starts_with=f"admin/{job['parentJobId']}/{job['jobId']}/")]
    assert [name.rpartition("/")[2] for name in kept] == ["orders.json"]
    assert bronze.download_blob(kept[0]).readall() == content


def test_an_unreadable_file_again_is_the_same_job_and_the_same_error(api):
    first, second = api.send(b"neither [ nor {").json(), api.send(b"neither [ nor {").json()

    assert (second["code"], second["jobId"]) == (first["code"], first["jobId"])


MALFORMED_WITHIN = {
    "a record without a colon": b'[{"user": {"id": "a"}}, {"user" 1}]',
    "NaN": b'[{"user": {"id": "a", "age": NaN}}]',
}


@pytest.mark.parametrize("content", MALFORMED_WITHIN.values(), ids=MALFORMED_WITHIN)
def test_a_mistake_within_a_record_fails_the_job_with_a_reason(api, content):
    job = api.run(content)

    assert (job["state"], job["error"]["code"]) == ("failed", "malformed_json")
    assert job["error"]["message"].startswith("orders.json")


NO_GOOD_ROW = {
    "no record": b"[]",
    "a user without an id": b'[{"user": {"id": null}}]',
    "values instead of records": b'[1, "two", null, ["three"]]',
    "records of something else": b'[{"colour": "red"}, {"colour": "blue"}]',
}


@pytest.mark.parametrize("content", NO_GOOD_ROW.values(), ids=NO_GOOD_ROW)
def test_a_file_without_a_good_row_fails_and_publishes_nothing(api, content):
    job = api.run(content)

    assert (job["state"], job["error"]["code"]) == ("failed", "no_good_rows")
    assert job["goldTables"] == {}
    assert len(api.get(job["links"]["rejects"])) == sum(counts["quarantined"] for counts in job["ledger"].values())


ODD_CELLS = {
    "five levels of nesting": (lambda user: user.update(job={"a": {"b": {"c": {"d": 1}}}}), "scalar"),
    "five levels of nesting in a key": (lambda user: user.update(id={"a": {"b": {"c": {"d": 1}}}}), "scalar"),
    "a field of 2 MB": (lambda user: user.update(job="x" * 2_000_000), "text"),
    "an escaped NUL": (lambda user: user.update(job="a\x00b"), "text"),
}


@pytest.mark.parametrize(("change", "rule"), ODD_CELLS.values(), ids=ODD_CELLS)
def test_an_odd_cell_costs_its_row_alone_and_what_refers_to_it(api, change, rule):
    job = api.run(changed(lambda records: change(records[1]["user"])))

    assert job["state"] == "succeeded_with_rejects"
    assert job["ledger"]["user"] == {"read": 3, "silver": 2, "quarantined": 1, "duplicate": 0, "skipped": 0}
    assert job["ledger"]["category"]["silver"] == 3
    reject = api.get(job["links"]["rejects"], table="user")[0]
    assert (reject["row"], reject["rule"]) == (2, rule)


@pytest.mark.parametrize("without", [lambda record: record.pop("address"), lambda record: record.update(address=None)])
def test_a_record_without_an_entity_loses_that_entity_alone(api, without):
    job = api.run(changed(lambda records: without(records[0])), force="true")

    assert job["ledger"]["address"]["read"] == 2
    assert all(counts["silver"] == counts["read"] for counts in job["ledger"].values())
    assert job["state"] == "succeeded"


def test_an_unknown_dataset_is_404_and_names_those_that_exist(api):
    answer = api.send(GOOD, dataset="shop")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_dataset")
    assert "ecommerce" in answer.json()["advice"]


def test_a_request_without_a_dataset_is_400(api):
    answer = api.http.post("/api/jobs", files={"file": ("a.json", GOOD)})

    assert (answer.status_code, answer.json()["detail"]) == (400, "The parameter 'dataset' is required.")


def test_an_upload_in_chunks_is_411(api):
    answer = api.http.post("/api/jobs?dataset=ecommerce", content=iter([GOOD]))

    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


def test_an_upload_over_the_limit_is_413(api):
    answer = api.send(b" " * 100_000_001)

    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")


@pytest.mark.parametrize(
    "filename", ["../../../etc/passwd", "a/b\\c.json", "..", "ünï cödé 📄.json", "x" * 255, "a?b#c%.json"]
)
def test_any_filename_is_kept_as_a_name_and_never_as_a_path(api, bronze, filename):
    content = changed(lambda records: records[0]["user"].update(job=filename))

    job = api.run(content, filename=filename, force="true")

    prefix = f"admin/{job['parentJobId']}/{job['jobId']}/"
    kept = [blob.name.removeprefix(prefix) for blob in bronze.list_blobs(name_starts_with=prefix)]
    assert len(kept) == 1
    assert "/" not in kept[0]
    assert job["files"][0]["filename"] in filename or filename == ".."
    assert bronze.download_blob(prefix + kept[0]).readall() == content
