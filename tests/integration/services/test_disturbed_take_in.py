from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

import pytest

from shared.domain.job import INTAKE_STATES, JobState
from shared.domain.routing import INTAKE_QUEUE
from shared.errors import ConflictError
from tests.chaos.fuse import Died, Fuse, arm, die
from tests.integration.services.conftest import message_of, right_after, upload
from tests.integration.services.test_take_in import LINES, OTHER_LINES, arrived, states, taken_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.bootstrap import App
    from shared.domain.job import Job
    from tests.integration.services.conftest import Bench


def test_a_file_that_is_replaced_before_it_was_copied_is_taken_in_as_it_then_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    expectation = bench.expect("orders.ndjson")
    (url,), job = expectation.upload_urls, expectation.job
    upload(url, LINES)
    bench.app.arrivals.complete(job.job_id)
    store = type(bench.app.blobs)

    def replace() -> None:
        bench.app.blobs.put(bench.app.settings.landing_container, expectation.files[0].blob, OTHER_LINES)

    right_after(monkeypatch, store, "stat", replace)
    with pytest.raises(ConflictError) as changed:
        bench.take_in()
    assert changed.value.code == "blob_changed"
    bench.app.take_in(job.job_id)
    assert bench.app.jobs.get(job.job_id).job.record_count == 1


def test_what_is_uploaded_after_the_file_was_copied_does_not_count(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    expectation = bench.expect("orders.ndjson")
    upload(expectation.upload_urls[0], LINES)
    place = (bench.app.settings.landing_container, expectation.files[0].blob)
    right_after(monkeypatch, type(bench.app.blobs), "copy", lambda: bench.app.blobs.put(*place, OTHER_LINES))
    bench.app.take_in(expectation.job.job_id)
    assert bench.app.jobs.get(expectation.job.job_id).job.record_count == 3
    assert bench.app.blobs.get(*place) == OTHER_LINES, "it is not ours to delete"


CASES: dict[str, Callable[[Bench], Job]] = {
    "new content": arrived,
    "content that another job has": lambda bench: (bench.receive(LINES, names=("a.ndjson",)), arrived(bench))[1],
    "content that is taken over": lambda bench: (taken_in(bench), arrived(bench, force=True))[1],
    "what cannot be counted": lambda bench: arrived(bench, b"no json"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_take_in_that_died_at_any_line_is_completed_by_the_message_that_comes_again(
    make_bench: Callable[..., Bench], case: str
) -> None:
    undisturbed = make_bench()
    wanted = CASES[case](undisturbed)
    undisturbed.take_in()
    for point in count():
        bench = make_bench()
        job = CASES[case](bench)
        app, fuse = bench.another_app(), Fuse(point, die)
        arm(app, fuse, lambda *_: None)
        with suppress(Died):
            app.take_in(job.job_id)
        if not fuse.has_blown:
            break
        _repeat_and_compare(bench.another_app(), bench, job, undisturbed, wanted, fuse.points[point])
    assert point >= 8


def _repeat_and_compare(app: App, bench: Bench, job: Job, undisturbed: Bench, wanted: Job, died: str) -> None:
    app.take_in(job.job_id)
    view, model = app.jobs.get(job.job_id), undisturbed.app.jobs.get(wanted.job_id)
    assert view.job.state is model.job.state, died
    assert [event.state for event in view.timeline] == [event.state for event in model.timeline], died
    assert [(file.records, file.sha256) for file in view.files] == [
        (file.records, file.sha256) for file in model.files
    ], died
    assert len(bench.paths("bronze")) == len(undisturbed.paths("bronze")), died
    assert bench.paths("landing") == set(), died
    if model.job.state is JobState.ROUTED:
        assert job.job_id in {message.job_id for message in bench.messages()}, died
        assert app.job_store.content_holders(view.job.content_key)[-1] == job.job_id, died


def test_two_that_take_the_same_files_in_at_once_make_one_job_of_them(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = arrived(bench)
    other = bench.another_app()
    right_after(monkeypatch, type(bench.app.blobs), "copy", lambda: other.take_in(job.job_id))
    bench.app.take_in(job.job_id)
    assert states(bench, job) == ["awaiting_file", "received", "routed"]
    assert bench.app.jobs.get(job.job_id).job.record_count == 3


def test_files_that_could_never_be_taken_in_end_their_job_and_a_retry_takes_them_in(bench: Bench) -> None:
    job = arrived(bench)
    (message,) = bench.messages(INTAKE_QUEUE)
    app, fuse = bench.another_app(), Fuse(0, _fail)
    arm(app, fuse, lambda *_: None)
    with pytest.raises(OSError, match="gone"):
        app.take_in(job.job_id)
    bench.app.bury(message, "Given up on.")
    failed = bench.app.jobs.get(job.job_id).job
    assert failed.problem is not None
    assert (failed.state, failed.problem.code) == (JobState.FAILED, "gave_up")
    bench.app.retry(job.job_id)
    bench.take_in()
    assert bench.app.jobs.get(job.job_id).job.state is JobState.ROUTED


def _fail() -> None:
    raise OSError("gone")


def test_a_poison_message_of_files_that_were_taken_in_after_all_changes_nothing(bench: Bench) -> None:
    job = taken_in(bench)
    bench.app.bury(message_of(job), "Given up on.", INTAKE_STATES)
    assert bench.app.jobs.get(job.job_id).job.state is JobState.ROUTED
