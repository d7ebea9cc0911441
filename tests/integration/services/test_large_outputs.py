from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.job import JobState
from shared.domain.ledger import Balance
from shared.domain.routing import LARGE_QUEUE
from shared.errors import DataRejectedError, UnreadableFileError
from shared.services.large.accept import UnfitOutputsError
from shared.services.large.report_step import Step
from tests.integration.services.conftest import NO_GOOD_ROW, Bench
from tests.integration.services.large_path import Notebooks, claim, claim_one, report, with_rows, without

if TYPE_CHECKING:
    from shared.services.large.hand_out import ClaimedJob

SILVER_LIES: dict[str, Any] = {
    "a file that is not there": lambda said: replace(said, silver=(*said.silver, replace(said.silver[0], path="x"))),
    "a file left out": lambda said: replace(said, silver=without(said.silver, "user")),
    "other rows in a file": lambda said: replace(said, silver=with_rows(said.silver, 1)),
    "a file of another table": lambda said: replace(said, silver=renamed(said.silver)),
}
GOLD_LIES: dict[str, Any] = {
    "a table left out": lambda said: replace(said, gold=without(said.gold, "dw_users")),
    "other rows in a file": lambda said: replace(said, gold=with_rows(said.gold, -1)),
}


def renamed(files: Any) -> Any:
    return (replace(files[0], table="address"), *files[1:])


def is_accepted(bench: Bench, claimed: ClaimedJob, step: Step) -> bool:
    try:
        report(bench.app, claimed, step)
    except UnfitOutputsError:
        return False
    return True


def test_a_job_of_which_no_row_is_good_has_failed(large: Bench) -> None:
    job = large.receive(NO_GOOD_ROW).job
    claimed = claim_one(large)
    Notebooks(large.app, claimed).bronze_to_silver()
    with pytest.raises(DataRejectedError, match="No row can be used"):
        report(large.app, claimed, Step.SILVER)
    assert large.app.jobs.get(job.job_id).job.state is JobState.FAILED
    assert large.app.jobs.rejects(job.job_id)
    large.app.release(job.job_id, claimed.claim.run_id, "NotifySilver", "pipeline-1")
    assert large.messages(LARGE_QUEUE) == []
    assert claim(large) == []


def test_a_ledger_that_does_not_balance_fails_the_job(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    claimed = claim_one(large)
    lost = {"user": Balance(read=10, silver=8, quarantined=1, duplicate=0)}
    Notebooks(large.app, claimed).bronze_to_silver(lambda said: replace(said, ledger={**said.ledger, **lost}))
    with pytest.raises(DataRejectedError, match="do not add up"):
        report(large.app, claimed, Step.SILVER)
    assert large.app.jobs.get(job.job_id).job.state is JobState.FAILED


def test_what_is_not_as_the_run_says_is_not_accepted_and_can_be_tried_again(large: Bench, records: bytes) -> None:
    large.receive(records)
    claimed = claim_one(large)
    notebooks = Notebooks(large.app, claimed)
    for name, lie in SILVER_LIES.items():
        notebooks.bronze_to_silver(lie)
        assert not is_accepted(large, claimed, Step.SILVER), name
    notebooks.bronze_to_silver()
    assert is_accepted(large, claimed, Step.SILVER)


def test_gold_that_is_not_whole_makes_no_manifest(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    claimed = claim_one(large)
    notebooks = Notebooks(large.app, claimed)
    notebooks.bronze_to_silver()
    assert not is_accepted(large, claimed, Step.GOLD), "nothing is said yet"
    for name, lie in GOLD_LIES.items():
        notebooks.silver_to_gold(lie)
        assert not is_accepted(large, claimed, Step.GOLD), name
    assert large.app._records.manifest(job.job_id) is None


def test_a_file_that_is_not_the_one_that_was_counted_fails_the_job_before_a_notebook_starts(large: Bench) -> None:
    job = large.receive(b'[{"user": {"id": "u1"}}]').job
    claimed = claim_one(large)
    place = large.app._layout.place(large.app.jobs.get(job.job_id).files[0])
    large.app.blobs.put(*place, b"[1, 2")
    with pytest.raises(UnreadableFileError):
        report(large.app, claimed, Step.SILVER_STARTED)
    assert large.app.jobs.get(job.job_id).job.state is JobState.FAILED
    assert claim(large) == []
