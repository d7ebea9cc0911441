"""The application in this process, over a real storage account and a warehouse of its own; messages by hand."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
import uuid
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobClient

from devkit.samples.ecommerce import generate
from devkit.samples.ecommerce.generate import AS_OF
from shared.bootstrap import App
from shared.datasets import catalogue
from shared.domain.job import JobState
from shared.domain.message import JobMessage
from shared.domain.routing import INTAKE_QUEUE, LARGE_QUEUE, SMALL_QUEUE
from shared.ports import Selection
from shared.services.expect import ExpectedFile, ExpectedJob
from shared.services.receive import JobRequest, Upload
from shared.services.sweep import SweepReport
from shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from devkit.azurite.server import Azurite
    from devkit.samples.ecommerce import Sample
    from shared.contracts.model import Contract
    from shared.domain.job import Job
    from shared.services.browse import JobView
    from shared.services.expect import Expectation
    from shared.services.receive import Receipt

CONTAINERS = ("landing", "bronze", "silver", "gold", "exports", "manifests", "staging")
NO_GOOD_ROW = b'[{"user": {"id": "u1"}}]'


class Bench:
    """An app with names of its own, and what a test does to it."""

    def __init__(self, azurite: Azurite, folder: Path, **settings: Any) -> None:
        name = f"t{uuid.uuid4().hex[:16]}"
        self.warehouse_file = folder / "warehouse.duckdb"
        self._settings = {
            "storage": azurite.connection_string,
            "api_token": "token",
            "token_key": "key",
            "warehouse_url": f"duckdb:///{self.warehouse_file}",
            **{f"{kind}_container": f"{name}-{kind}" for kind in CONTAINERS},
            "jobs_table": f"{name}jobs",
            "content_keys_table": f"{name}keys",
            **settings,
        }
        self.app = self.another_app()

    def another_app(self, **settings: Any) -> App:
        """The same app as another process would have it."""
        return App(Settings(**{**self._settings, **settings}))

    def receive(self, *contents: bytes, app: App | None = None, names: tuple[str, ...] = (), **request: Any) -> Receipt:
        names = names or tuple(f"part-{number}.json" for number in range(len(contents)))
        uploads = tuple(Upload(name, io.BytesIO(data)) for name, data in zip(names, contents, strict=True))
        values = {"user_id": "admin", "dataset": "ecommerce", "as_of": AS_OF, **request}
        return (app or self.app).receive(JobRequest(uploads=uploads, **values))

    def messages(self, queue: str = SMALL_QUEUE) -> list[JobMessage]:
        """Take the messages of this bench's jobs off a queue."""
        client = self.app.queue._account.queues.get_queue_client(queue)  # type: ignore[attr-defined]
        taken = []
        with suppress(ResourceExistsError):
            client.create_queue()
        while batch := list(client.receive_messages(max_messages=32)):
            for raw in batch:
                client.delete_message(raw)
                message = JobMessage.from_json(base64.b64decode(raw.content))
                if self.app.job_store.get(message.job_id):
                    taken.append(message)
        return taken

    def expect(self, *names: str, app: App | None = None, **request: Any) -> Expectation:
        """Ask for addresses to upload files to."""
        values = {"user_id": "admin", "dataset": "ecommerce", "as_of": AS_OF, **request}
        files = tuple(map(ExpectedFile, names or ("orders.ndjson",)))
        return (app or self.app).expect(ExpectedJob(files=files, **values))

    def drop(self, path: str, data: bytes) -> None:
        """Put a file into the inbox, and tell of it as storage does."""
        container = self.app.settings.landing_container
        self.app.blobs.put(container, f"inbox/{path}", data)
        self.app.arrivals(container, f"inbox/{path}")

    def take_in(self, app: App | None = None) -> None:
        """Take in the files of all messages of this bench's jobs."""
        for message in self.messages(INTAKE_QUEUE):
            (app or self.app).take_in(message.job_id)

    def later(self, minutes: float) -> App:
        """The app as it will be in some minutes."""

        class LateClock:
            def now(self) -> datetime:
                return datetime.now(UTC) + timedelta(minutes=minutes)

        app = self.another_app()
        app.__dict__["clock"] = LateClock()
        return app

    def work(self, app: App | None = None) -> None:
        """Process all messages of this bench's jobs."""
        while messages := self.messages():
            for message in messages:
                (app or self.app).process(message)

    def run(self, *contents: bytes, **request: Any) -> JobView:
        """Send files and process them."""
        receipt = self.receive(*contents, **request)
        self.work()
        return self.app.jobs.get(receipt.job.job_id)

    def paths(self, *kinds: str) -> set[str]:
        """The places of all blobs of the kinds of container."""
        containers = [self._settings[f"{kind}_container"] for kind in kinds]
        return {f"{name}/{path}" for name in containers for path in self.app.blobs.list(name, "")}

    def outputs_that_count(self, job_id: str) -> set[str]:
        """The places that a job's manifest, or the account of its failure, names."""
        account = self.app.process.records.account(self.app.jobs.get(job_id).job)
        assert account is not None
        return {f"{file.container}/{file.path}" for file in (*account.silver, *account.quarantine, *account.gold)}

    def rows(self, table: str, *columns: str) -> list[dict[str, Any]]:
        """All rows of a warehouse table, sorted, without the lineage that differs from run to run."""
        found = self.app.explore.read(table, Selection(columns=columns, limit=1_000_000)).to_pylist()
        rows = [{name: value for name, value in row.items() if not name.startswith("_")} for row in found]
        return sorted(rows, key=repr)


def upload(url: str | None, data: bytes, **options: Any) -> None:
    """Upload to an address as Azure's client does, in blocks where that is asked for."""
    assert url is not None
    with BlobClient.from_blob_url(url, **options) as client:
        client.upload_blob(data)


def message_of(job: Job) -> JobMessage:
    return JobMessage(job.job_id, job.parent_job_id, job.user_id, job.dataset, job.attempt)


def assert_one_set_of_outputs(bench: Bench, job_id: str) -> None:
    assert bench.paths("silver", "gold") == bench.outputs_that_count(job_id)


def right_after(monkeypatch: pytest.MonkeyPatch, owner: Any, function: str, act: Callable[[], object]) -> None:
    """Do something the first time that a function of a class or a module has done its work."""
    usual = getattr(owner, function)

    def followed(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(owner, function, usual)
        result = usual(*arguments, **named)
        act()
        return result

    monkeypatch.setattr(owner, function, followed)


@contextmanager
def held_by_another_process(file: Path) -> Iterator[None]:
    program = f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        yield
    finally:
        holder.communicate()


@pytest.fixture
def make_bench(azurite: Azurite, tmp_path: Path) -> Callable[..., Bench]:
    return lambda **settings: Bench(azurite, tmp_path, **settings)


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


@pytest.fixture(scope="session")
def sample() -> Sample:
    """A few dozen records with faults; every fault of the file itself left out."""
    return generate(40, seed=7, fault_rate=0.1)


@pytest.fixture(scope="session")
def records(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sample") / "records.json"
    sample.write_json(path)
    return path.read_bytes()


@pytest.fixture
def revise(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Put a dataset's contract into a new version, with some of its text replaced."""
    usual = catalogue.load_contract

    def revise(dataset: str, *changes: tuple[str, str], version: int = 2) -> None:
        def load(text: str, origin: str) -> Contract:
            for old, new in (("\nversion: 1\n", f"\nversion: {version}\n"), *changes) if dataset in origin else ():
                assert old in text
                text = text.replace(old, new)
            return usual(text, origin=origin)

        monkeypatch.setattr(catalogue, "load_contract", load)
        catalogue.load_dataset.cache_clear()

    yield revise
    catalogue.load_dataset.cache_clear()


@pytest.fixture
def waiting(bench: Bench, records: bytes) -> str:
    """A job that found the warehouse closed; says so once, however often it is tried."""
    with held_by_another_process(bench.warehouse_file):
        view = bench.run(records)
        for _ in range(2):
            bench.app.process(message_of(view.job))
        assert bench.app.sweep() == SweepReport(stalled=0, waiting=0), "the warehouse still does not answer"
    again = bench.app.jobs.get(view.job.job_id)
    assert again.job.state is JobState.GOLD
    assert again.job.problem is not None
    assert again.job.problem.code == "warehouse_unavailable"
    assert again.timeline == view.timeline
    return view.job.job_id


@pytest.fixture
def large(make_bench: Callable[..., Bench]) -> Bench:
    """A bench where every job is large, and nothing of other tests is left in the queue."""
    bench = make_bench(small_batch_threshold=0)
    bench.messages(LARGE_QUEUE)
    return bench
