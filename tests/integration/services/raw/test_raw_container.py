"""Raw data of others: read where it lies, never written to, and never taken for what it is no more."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.storage.blob import BlobServiceClient

from devkit.samples.ecommerce.generate import AS_OF
from shared.adapters.azure.blobs import AzureBlobStore
from shared.domain.job import JobState
from shared.errors import AppError, UnreadableFileError
from shared.services.clean_data import CleanRequest
from tests.integration.services.raw.conftest import EVE, PATH, Lake

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.azurite.server import Azurite
    from shared.services.browse import JobView
    from shared.services.expect import Expectation
    from tests.integration.services.conftest import Bench


def test_a_job_of_raw_data_reads_it_and_leaves_it_as_it_was(
    raw_bench: Bench, lake: Lake, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    lake.put(PATH, records)
    before = lake.contents()

    view = follow(ask(PATH))

    assert view.job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert (view.job.user_id, view.job.record_count) == ("eve", 40)
    (file,) = view.files
    assert (file.container, file.blob) == (lake.owner.container_name, PATH)
    assert (file.sha256, file.size) == (hashlib.sha256(records).hexdigest(), len(records))
    assert lake.contents() == before
    assert raw_bench.paths("bronze", "landing") == set()
    assert raw_bench.rows("dw_users")


def test_the_credential_itself_can_write_nothing(raw_bench: Bench, lake: Lake) -> None:
    lake.put(PATH, b"[]")
    ours = AzureBlobStore(raw_bench.app._raw_account)
    container = lake.owner.container_name
    assert ours.get(container, PATH) == b"[]"
    for write in (
        lambda: ours.put(container, PATH, b"x"),
        lambda: ours.put(container, "new", b"x"),
        lambda: ours.delete(container, PATH),
    ):
        with pytest.raises((AppError, HttpResponseError)):
            write()
    assert [blob.name for blob in lake.owner.list_blobs()] == [PATH]


def test_raw_data_gives_the_rows_that_an_upload_of_it_gives(
    make_bench: Callable[..., Bench],
    raw_bench: Bench,
    lake: Lake,
    records: bytes,
    ask: Callable[..., Expectation],
    follow: Callable[..., JobView],
) -> None:
    lake.put(PATH, records)
    raw = follow(ask(PATH))
    raw_rows = {table: raw_bench.rows(table) for table in raw.gold_rows}

    uploaded = raw_bench.run(records, user_id="eve", force=True)

    assert uploaded.ledger == raw.ledger
    assert {table: raw_bench.rows(table) for table in uploaded.gold_rows} == raw_rows


def test_raw_data_that_changed_since_it_was_counted_is_not_processed(
    raw_bench: Bench, lake: Lake, records: bytes, ask: Callable[..., Expectation]
) -> None:
    lake.put(PATH, records)
    job_id = ask(PATH).job.job_id
    raw_bench.take_in()
    lake.put(PATH, records.replace(b"}", b" }", 1))

    raw_bench.work()

    job = raw_bench.app.jobs.get(job_id).job
    assert job.state is JobState.FAILED
    assert job.problem is not None
    assert (job.problem.code, job.problem.details) == ("raw_file_changed", {"file": "j1.json"})
    assert "j1.json has changed" in job.problem.message


def test_what_lies_there_now_is_a_job_of_its_own(
    raw_bench: Bench, lake: Lake, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    lake.put(PATH, records)
    first = ask(PATH)
    raw_bench.take_in()
    lake.put(PATH, b"[" + records.strip()[1:-1] + b" ]")
    assert follow(first).job.state is JobState.FAILED
    assert follow(ask(PATH)).job.state is JobState.SUCCEEDED_WITH_REJECTS


def test_a_retry_reads_raw_data_again(
    raw_bench: Bench, lake: Lake, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    lake.put(PATH, records)
    expectation = ask(PATH)
    raw_bench.take_in()
    lake.owner.delete_blob(PATH)
    gone = follow(expectation).job
    assert gone.problem is not None
    assert (gone.state, gone.problem.code) == (JobState.FAILED, "raw_file_gone")

    lake.put(PATH, records)
    raw_bench.app.retry(gone.job_id)

    assert follow(expectation).job.state is JobState.SUCCEEDED_WITH_REJECTS


@pytest.mark.parametrize(("then", "code"), [(b"no json at all", "raw_file_changed"), (None, "raw_file_gone")])
def test_a_file_without_a_count_is_not_counted_again_as_something_else(
    raw_bench: Bench,
    lake: Lake,
    ask: Callable[..., Expectation],
    follow: Callable[..., JobView],
    then: bytes | None,
    code: str,
) -> None:
    lake.put(PATH, b"no json")
    failed = follow(ask(PATH)).job
    assert failed.state is JobState.FAILED
    lake.owner.delete_blob(PATH)
    if then is not None:
        lake.put(PATH, then)

    with pytest.raises(UnreadableFileError) as refusal:
        raw_bench.app.retry(failed.job_id)

    assert refusal.value.code == code


def test_raw_data_may_lie_in_our_own_account(
    make_bench: Callable[..., Bench], azurite: Azurite, records: bytes
) -> None:
    bench = make_bench(raw_container="raw")
    with BlobServiceClient.from_connection_string(azurite.connection_string) as service:
        with suppress(ResourceExistsError):
            service.create_container("raw")
        service.get_container_client("raw").upload_blob(PATH, records, overwrite=True)
    request = CleanRequest(caller=EVE, claimed=40, dataset="ecommerce", filename="", blobs=(PATH,), as_of=AS_OF)
    job = bench.app.clean_data(request).job
    bench.take_in()
    bench.work()
    assert bench.app.jobs.get(job.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert bench.paths("bronze") == set()
