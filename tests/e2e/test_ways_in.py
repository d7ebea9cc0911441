"""Files that come straight to storage, to an address or into the inbox, and what becomes of them."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import psutil
import pytest
from azure.storage.blob import BlobClient, BlobServiceClient

from devkit.samples.ecommerce import generate
from devkit.samples.ecommerce.generate import AS_OF
from functions.events import TAKE_UP
from shared.bootstrap import App
from shared.services.expect import ExpectedFile, ExpectedJob
from shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from devkit.system import LocalSystem
    from tests.e2e.conftest import Api

_SECONDS = 60
_BLOCK = 64 * 1024


@pytest.fixture(scope="session")
def landing(system: LocalSystem) -> Iterator[Any]:
    """The landing container, as somebody sees it who drops files there."""
    with BlobServiceClient.from_connection_string(system.connection_string) as service:
        yield service.get_container_client("landing")


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + _SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.05)
    return found


def lines(records: int, seed: int) -> bytes:
    return b"\n".join(map(msgspec.json.encode, generate(records, seed=seed).records))


def ask(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/uploads", json={"dataset": "ecommerce", "filename": "orders.ndjson", **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def upload(url: str, data: Any, **options: Any) -> None:
    """Upload in blocks, as Azure's tools do."""
    with BlobClient.from_blob_url(url, max_single_put_size=_BLOCK, max_block_size=_BLOCK, **options) as blob:
        blob.upload_blob(data)


def test_a_file_uploaded_in_blocks_becomes_tables_without_another_word(
    client: httpx.Client, api: Api, landing: Any
) -> None:
    content = lines(200, seed=41)
    assert len(content) > 4 * _BLOCK
    asked = ask(client, asOf=AS_OF.isoformat(), jobName="in blocks")
    assert api.get(f"/api/jobs/{asked['jobId']}")["state"] == "awaiting_file"
    upload(asked["uploadUrl"], content)
    job = api.follow(asked["jobId"])
    assert (job["state"], job["recordCount"], job["jobName"]) == ("succeeded_with_rejects", 200, "in blocks")
    assert [event["state"] for event in job["timeline"]][:3] == ["awaiting_file", "received", "routed"]
    wait_for(lambda: not list(landing.list_blobs(name_starts_with=f"admin/{job['jobId']}")), "landing to be cleared")


def test_whoever_says_twice_that_a_file_is_there_starts_one_job(client: httpx.Client, api: Api) -> None:
    asked = ask(client)
    refusal = client.post(asked["completeUrl"])
    assert (refusal.status_code, refusal.json()["code"]) == (409, "file_missing")
    upload(asked["uploadUrl"], lines(20, seed=42))
    for _ in range(2):
        assert client.post(asked["completeUrl"]).status_code == 202
    job = api.follow(asked["jobId"])
    assert job["state"] in {"succeeded", "succeeded_with_rejects"}
    assert client.post(asked["completeUrl"]).json()["state"] == job["state"]
    assert [event["state"] for event in job["timeline"]].count("received") == 1


def test_several_tables_are_uploaded_as_one_job(client: httpx.Client, api: Api) -> None:
    files = {
        "one.csv": ("departments", b"id,department\n901,Archive\n"),
        "two.csv": ("jobs", b"id,job\n901,Archivist\n"),
        "three.csv": (
            "hired_employees",
            b"id,name,datetime,department_id,job_id\n901,Ann,2021-01-05T10:00:00Z,901,901\n",
        ),
    }
    named = [{"filename": name, "table": table} for name, (table, _) in files.items()]
    answer = client.post("/api/uploads", json={"dataset": "hiring", "files": named})
    asked = answer.json()
    for file in asked["files"]:
        upload(file["uploadUrl"], files[file["filename"]][1])
    job = api.follow(asked["jobId"])
    assert (job["state"], job["recordCount"]) == ("succeeded", 3)
    assert {name: counts["silver"] for name, counts in job["ledger"].items()} == {
        "departments": 1,
        "jobs": 1,
        "hired_employees": 1,
    }


def test_the_same_content_again_points_to_the_job_that_has_it(client: httpx.Client, api: Api) -> None:
    content = lines(20, seed=43)
    first = api.run(content, filename="orders.ndjson")
    asked = ask(client)
    upload(asked["uploadUrl"], content)
    again = api.follow(asked["jobId"])
    assert (again["state"], again["supersededBy"]) == ("superseded", first["jobId"])


def test_a_file_dropped_into_the_inbox_becomes_tables(api: Api, landing: Any) -> None:
    landing.upload_blob("inbox/ecommerce/Mai Nr. 1/Aufträge.ndjson", lines(20, seed=44))
    found = wait_for(lambda: api.get("/api/jobs", jobName="Mai Nr. 1")["jobs"], "the job of a dropped file")
    job = api.follow(found[0]["jobId"])
    assert job["state"] in {"succeeded", "succeeded_with_rejects"}
    assert [file["filename"] for file in job["files"]] == ["Aufträge.ndjson"]


def test_an_event_that_comes_twice_and_late_starts_one_job(client: httpx.Client, api: Api, landing: Any) -> None:
    landing.upload_blob("inbox/ecommerce/twice/orders.ndjson", lines(20, seed=45))
    event = {
        "id": "1",
        "topic": "",
        "subject": "/blobServices/default/containers/landing/blobs/inbox/ecommerce/twice/orders.ndjson",
        "eventType": "Microsoft.Storage.BlobCreated",
        "eventTime": datetime.now(UTC).isoformat(),
        "dataVersion": "",
        "data": {"api": "PutBlob"},
    }
    for _ in range(2):
        answer = client.post(
            "/runtime/webhooks/EventGrid",
            params={"functionName": TAKE_UP},
            json=[event],
            headers={"aeg-event-type": "Notification"},
        )
        assert answer.status_code == 202
    (job,) = wait_for(lambda: api.get("/api/jobs", jobName="twice")["jobs"], "the job of a dropped file")
    api.follow(job["jobId"])
    client.post("/runtime/webhooks/EventGrid", params={"functionName": TAKE_UP}, json=[event])
    assert len(api.get("/api/jobs", jobName="twice")["jobs"]) == 1


def test_a_folder_that_names_no_dataset_is_a_failed_job_that_says_so(api: Api, landing: Any) -> None:
    landing.upload_blob("inbox/ecommerze/misspelt/orders.ndjson", b"{}\n")
    found = wait_for(lambda: api.get("/api/jobs", jobName="misspelt")["jobs"], "the job of a dropped file")
    job = api.follow(found[0]["jobId"])
    assert (job["state"], job["error"]["code"]) == ("failed", "unknown_dataset")
    assert [file["filename"] for file in job["files"]] == ["orders.ndjson"]


def test_a_job_whose_file_does_not_come_is_ended_by_the_timer(
    client: httpx.Client, api: Api, system: LocalSystem
) -> None:
    job_id = _asked_for_long_ago(system)
    assert client.post("/admin/functions/sweep_landing", json={"input": ""}).status_code == 202
    job = api.follow(job_id)
    assert (job["state"], job["error"]["code"]) == ("failed", "upload_expired")
    assert client.post(f"/api/jobs/{job_id}/retry").status_code == 409


def _asked_for_long_ago(system: LocalSystem) -> str:
    class EarlierClock:
        def now(self) -> datetime:
            return datetime.now(UTC) - timedelta(hours=5)

    app = App(Settings(storage=system.connection_string, api_token="x", token_key="x", warehouse_url="duckdb:///x"))  # type: ignore[arg-type]
    app.__dict__["clock"] = EarlierClock()
    return app.expect(ExpectedJob("admin", "ecommerce", (ExpectedFile("late.json"),))).job.job_id


def test_a_client_that_goes_away_in_the_middle_of_a_form_leaves_no_job_and_no_file(
    client: httpx.Client, api: Api, system: LocalSystem, bronze: Any
) -> None:
    before = {job["jobId"] for job in api.get("/api/jobs", limit=500)["jobs"]}
    files = {blob.name for blob in bronze.list_blobs()}
    head = (
        "POST /api/jobs?dataset=ecommerce HTTP/1.1\r\nHost: strata\r\n"
        f"Authorization: Bearer {system.token}\r\nContent-Length: 5000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n[{"number": 1}]\r\n'
    host, port = system.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall((head + part).encode())
        time.sleep(0.2)
    time.sleep(0.5)
    assert {job["jobId"] for job in api.get("/api/jobs", limit=500)["jobs"]} == before
    assert {blob.name for blob in bronze.list_blobs()} == files


class Memory:
    """The most memory that a process has used since, in bytes above what it used at the beginning."""

    def __init__(self, process: int) -> None:
        self._process = psutil.Process(process)
        self._idle = self.most = self._process.memory_info().rss
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def growth(self) -> int:
        return self.most - self._idle

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            with suppress(psutil.Error):
                self.most = max(self.most, self._process.memory_info().rss)


def test_a_large_file_is_counted_in_memory_that_does_not_grow_with_it(
    client: httpx.Client, api: Api, system: LocalSystem
) -> None:
    line = msgspec.json.encode({"filler": "x" * 980}) + b"\n"
    warm, large = ask(client), ask(client)
    upload(warm["uploadUrl"], line * 2)
    api.follow(warm["jobId"])
    assert system.host_pid is not None
    with BlobClient.from_blob_url(large["uploadUrl"], max_block_size=4 << 20, max_single_put_size=1 << 20) as blob:
        blob.upload_blob(line * 64_000)
    with Memory(system.host_pid) as memory:
        client.post(large["completeUrl"])
        job = wait_for(
            lambda: (job := api.get(f"/api/jobs/{large['jobId']}"))["state"] != "awaiting_file" and job, "the count"
        )
    assert (job["recordCount"], job["processingPath"]) == (64_000, "large_batch")
    assert job["files"][0]["size"] > 60_000_000
    assert memory.growth < 40_000_000
