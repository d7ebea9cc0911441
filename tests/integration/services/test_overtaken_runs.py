from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.job import JobState
from shared.medallion import silver
from shared.services.records import JobRecords
from tests.integration.services.conftest import NO_GOOD_ROW, assert_one_set_of_outputs, message_of

if TYPE_CHECKING:
    from shared.domain.manifest import Manifest
    from tests.integration.services.conftest import Bench


def test_a_run_that_was_overtaken_stops_and_clears_its_outputs(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(bench.receive(records).job)
    refine, overtaken = silver.refine, []

    def slow(*arguments: Any) -> silver.SilverResult:
        result = refine(*arguments)
        if not overtaken:
            overtaken.append(True)
            bench.another_app().process(message)
        return result

    monkeypatch.setattr(silver, "refine", slow)
    bench.app.process(message)
    view = bench.app.jobs.get(message.job_id)
    assert view.job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert [event.state for event in view.timeline].count("silver") == 1
    assert_one_set_of_outputs(bench, message.job_id)


def test_of_two_runs_that_finish_at_once_one_writes_the_manifest(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(bench.receive(records).job)
    claim = JobRecords.claim_manifest

    def late(self: JobRecords, manifest: Manifest) -> Manifest:
        monkeypatch.setattr(JobRecords, "claim_manifest", claim)
        bench.another_app().process(message)
        standing = claim(self, manifest)
        assert standing.run_id != manifest.run_id
        return standing

    monkeypatch.setattr(JobRecords, "claim_manifest", late)
    bench.app.process(message)
    assert bench.app.jobs.get(message.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert_one_set_of_outputs(bench, message.job_id)


@pytest.mark.parametrize("unexpectedly", [False, True])
def test_a_run_that_fails_after_it_was_overtaken_does_not_fail_the_job(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, *, unexpectedly: bool
) -> None:
    message = message_of(bench.receive(NO_GOOD_ROW).job)
    save = JobRecords.save_failed_run

    def late(self: JobRecords, account: Manifest) -> None:
        save(self, account)
        monkeypatch.setattr(JobRecords, "save_failed_run", save)
        bench.another_app().process(message)
        if unexpectedly:
            raise ZeroDivisionError

    monkeypatch.setattr(JobRecords, "save_failed_run", late)
    with pytest.raises(ZeroDivisionError) if unexpectedly else nullcontext():
        bench.app.process(message)
    view = bench.app.jobs.get(message.job_id)
    assert view.job.problem is not None
    assert view.job.problem.code == "no_good_rows"
    assert [event.state for event in view.timeline].count("failed") == 1
    if unexpectedly:
        bench.app.process(message)
    assert_one_set_of_outputs(bench, message.job_id)
