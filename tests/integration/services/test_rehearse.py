"""Dry runs of replays: what one would release and newly reject, by rule, with nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.ledger import Balance
from shared.errors import ConflictError, UnreadableFileError
from shared.ports import Selection
from shared.services.rehearse import RuleChange
from tests.integration.services.conftest import NO_GOOD_ROW
from tests.integration.services.hires import hired, run_hires

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.services.conftest import Bench


def everything(bench: Bench) -> dict[str, Any]:
    """All that anybody could see of a bench: blobs with their versions, jobs, messages, warehouse."""
    settings = bench.app.settings
    names = [getattr(settings, f"{kind}_container") for kind in ("landing", "bronze", "silver", "gold", "manifests")]
    tables = [table.name for table in bench.app.explore.tables()]
    account = bench.app.job_store._account  # type: ignore[attr-defined]
    kept = [account.tables.get_table_client(name) for name in (settings.jobs_table, settings.content_keys_table)]
    return {
        "blobs": [(name, blob) for name in names for blob in bench.app.blobs.scan(name, "")],
        "entities": [list(table.list_entities()) for table in kept],
        "messages": bench.messages(),
        "rows": {name: bench.app.explore.read(name, Selection(limit=100_000)).to_pylist() for name in tables},
    }


def test_a_dry_run_says_by_rule_what_a_replay_would_change_and_changes_nothing(
    bench: Bench, revise: Callable[..., None]
) -> None:
    view = run_hires(bench)
    revise(
        "hiring",
        ('label: "Name", required: true', 'label: "Name"'),
        ('label: "Department name", required: true', 'label: "Department name", one_of: [Sales]'),
    )
    before = everything(bench)

    rehearsal = bench.app.rehearse(view.job.job_id)

    assert everything(bench) == before
    assert (rehearsal.job.contract_version, rehearsal.version) == (1, 2)
    assert rehearsal.released == (
        RuleChange("hired_employees", "required", "Missing value", "name", "Name", "quarantined", 1),
    )
    assert rehearsal.newly_rejected == (
        RuleChange("departments", "one_of", "Unknown choice", "department", "Department name", "quarantined", 1),
    )
    assert rehearsal.refusal is None
    assert rehearsal.before == view.ledger
    assert rehearsal.after == {
        "departments": Balance(read=2, silver=1, quarantined=1, duplicate=0),
        "jobs": Balance(read=1, silver=1, quarantined=0, duplicate=0),
        "hired_employees": Balance(read=3, silver=2, quarantined=1, duplicate=0),
    }


def test_a_replay_does_what_its_dry_run_says(bench: Bench, revise: Callable[..., None]) -> None:
    view = run_hires(bench)
    revise("hiring", ('label: "Name", required: true', 'label: "Name"'))
    rehearsal = bench.app.rehearse(view.job.job_id)

    replay = bench.app.replay(view.job.job_id, "ann")
    bench.work()

    assert bench.app.jobs.get(replay.job.job_id).ledger == rehearsal.after
    assert hired(bench) == ["Ann", None]


def test_under_the_same_contract_a_replay_would_change_nothing(bench: Bench, records: bytes) -> None:
    view = bench.run(records)
    rehearsal = bench.app.rehearse(view.job.job_id)
    assert (rehearsal.released, rehearsal.newly_rejected, rehearsal.after) == ((), (), view.ledger)


def test_a_job_that_failed_for_its_rows_can_be_tried_out_too(bench: Bench) -> None:
    view = bench.run(NO_GOOD_ROW)
    rehearsal = bench.app.rehearse(view.job.job_id)
    assert (rehearsal.before, rehearsal.after, rehearsal.released) == (view.ledger, view.ledger, ())
    assert rehearsal.refusal == view.job.problem


def test_a_dry_run_says_if_too_few_rows_would_be_good_to_be_published(
    bench: Bench, revise: Callable[..., None]
) -> None:
    view = run_hires(bench)
    revise("hiring", ("    label: Hired employee\n", "    label: Hired employee\n    block_below: 0.5\n"))
    rehearsal = bench.app.rehearse(view.job.job_id)
    assert rehearsal.refusal is not None
    assert (rehearsal.refusal.code, rehearsal.refusal.details) == (
        "below_quality_bar",
        {"figures": ["hired_employees"]},
    )
    replay = bench.app.replay(view.job.job_id, "ann")
    bench.work()
    assert bench.app.jobs.get(replay.job.job_id).job.problem == rehearsal.refusal
    assert hired(bench) == ["Ann"], "the warehouse has what it had"


def test_a_large_job_is_not_tried_out(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(small_batch_threshold=1)
    job = bench.receive(b"{}\n{}\n", names=("large.ndjson",)).job
    bench.app.stop(job.job_id, "ann")

    with pytest.raises(ConflictError) as refusal:
        bench.app.rehearse(job.job_id)

    assert refusal.value.code == "too_large_to_rehearse"


def test_a_job_whose_files_cannot_be_read_any_more_says_so(bench: Bench, records: bytes) -> None:
    view = bench.run(records)
    bench.app.blobs.put(bench.app.settings.bronze_container, view.files[0].blob, b"no")
    with pytest.raises(UnreadableFileError):
        bench.app.rehearse(view.job.job_id)
