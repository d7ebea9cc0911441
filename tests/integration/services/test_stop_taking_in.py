from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.job import JobState
from shared.services import take_in
from tests.integration.services.conftest import right_after
from tests.integration.services.test_take_in import LINES, arrived

if TYPE_CHECKING:
    import pytest

    from tests.integration.services.conftest import Bench


def test_a_job_that_waits_for_its_file_is_stopped_at_once_and_deleted_with_what_has_come(bench: Bench) -> None:
    job = arrived(bench)
    assert bench.app.stop(job.job_id, "ann").state is JobState.STOPPED
    bench.app.delete(job.job_id, "ann", bronze=True)
    bench.take_in()
    view = bench.app.jobs.get(job.job_id)
    assert view.job.state is JobState.DELETED
    assert view.job.deletion is not None
    assert view.job.deletion.files[bench.app.settings.landing_container] == 1
    assert bench.paths("landing", "bronze") == set()


def test_a_job_that_is_stopped_while_its_files_are_read_is_taken_up_with_what_was_learnt(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = arrived(bench)
    right_after(monkeypatch, take_in, "counted", lambda: bench.another_app().stop(job.job_id, "ann"))
    bench.take_in()
    assert bench.app.jobs.get(job.job_id).job.state is JobState.STOPPED
    assert bench.messages() == []
    again = bench.app.retry(job.job_id)
    assert (again.state, again.record_count) == (JobState.ROUTED, 3)
    assert bench.app.job_store.content_holders(again.content_key) == (job.job_id,)
    assert bench.receive(LINES, names=("orders.ndjson",)).job.job_id == job.job_id


def test_a_job_that_is_deleted_while_its_files_are_read_leaves_none_and_holds_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_and_delete() -> None:
        bench.another_app().stop(job.job_id, "ann")
        bench.another_app().delete(job.job_id, "ann", bronze=True)

    job = arrived(bench)
    right_after(monkeypatch, take_in, "counted", stop_and_delete)
    bench.take_in()
    assert bench.app.jobs.get(job.job_id).job.state is JobState.DELETED
    assert bench.paths("landing", "bronze") == set()
    assert bench.receive(LINES, names=("orders.ndjson",)).created
