"""A report is fetched from a real server and becomes the job that its upload would be."""

import functools
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shared.errors import AppError, UnreadableFileError
from shared.ports import JobFilter
from shared.readers.sniff import Kind
from shared.services.receive import JobRequest

ORDERS = b'[{"user": {"id": "u1"}}]'
REQUEST = JobRequest("admin", "ecommerce", ())


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def offered(tmp_path: Path) -> Iterator[str]:
    """The address of a folder with one file in it."""
    (tmp_path / "offered").mkdir()
    (tmp_path / "offered/orders.json").write_bytes(ORDERS)
    handler = functools.partial(Quiet, directory=tmp_path / "offered")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_fetched_file_is_the_same_job_as_the_uploaded_one(make_bench, offered: str) -> None:
    bench = make_bench(fetch_networks="127.0.0.0/8, 10.1.0.0/16")
    fetched = bench.app.fetch(REQUEST, f"{offered}orders.json", "report.html")
    sent = bench.receive(ORDERS, as_of=None)
    assert (fetched.created, sent.created, sent.job.job_id) == (True, False, fetched.job.job_id)
    assert [file.filename for file in bench.app.jobs.get(sent.job.job_id).files] == ["orders.json"]


def test_a_file_of_another_kind_leaves_nothing_behind(make_bench, offered: str) -> None:
    bench = make_bench(fetch_networks="127.0.0.0/8")
    with pytest.raises(UnreadableFileError) as refused:
        bench.app.fetch(replace(REQUEST, kind=Kind.MARKUP), f"{offered}orders.json", "report.html")
    assert refused.value.message == "orders.json is JSON; a web page or XML is taken here."
    assert bench.app.jobs.find(JobFilter(), 10, None)[0] == []


def test_this_machine_is_not_reached_unless_it_is_allowed(bench, offered: str) -> None:
    with pytest.raises(AppError) as refused:
        bench.app.fetch(REQUEST, f"{offered}orders.json", "report.html")
    assert refused.value.code == "address_refused"
