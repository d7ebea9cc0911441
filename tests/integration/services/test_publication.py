from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from devkit.host.workbench import Workbench
from devkit.samples.claims import generate as generate_claims
from shared.errors import ConflictError
from shared.ports import Selection
from shared.services.large.departures import DEPARTURE
from shared.services.large.publication import Target
from tests.integration.services.conftest import NO_GOOD_ROW
from tests.integration.services.hires import DEPARTMENTS, JOBS
from tests.integration.services.large_path import claim_one, conclude, run_notebooks

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.services.large.publication import TablePlan
    from tests.integration.services.conftest import Bench

PIPELINE = Path(__file__).parents[3] / "adf_pipelines" / "pipeline" / "PublishGold.json"
NAMES = ("departments.csv", "jobs.csv")


def script_of_the_pipeline() -> str:
    """The SQL that is deployed, with its expressions."""
    found: list[str] = []

    def look(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("type") == "Script":
                found.append(part["typeProperties"]["scripts"][0]["text"]["value"])
            list(map(look, part.values()))
        elif isinstance(part, list):
            list(map(look, part))

    look(json.loads(PIPELINE.read_text("utf-8")))
    (text,) = found
    return text


class Copier:
    """Copies as the pipeline's activities do."""

    def __init__(self, bench: Bench, work: Path) -> None:
        self._bench, self._work = bench, work
        self.workbench = Workbench(str(bench.warehouse_file))

    def copy(self, container: str, folder: str, schema: str, table: str, *, create: bool = False) -> None:
        paths = [path for path in self._bench.app.blobs.list(container, f"{folder}/") if path.endswith(".parquet")]
        for path in paths:
            file = self._work / "copied.parquet"
            file.write_bytes(self._bench.app.blobs.get(container, path))
            with file.open("rb") as source:
                self.workbench.copy(schema, table, source, (), create=create)

    def publish(self, plans: list[TablePlan]) -> None:
        for plan in plans:
            self.copy(plan.empty_container, plan.empty_folder, "synapse", plan.table, create=True)
            self.workbench.run("synapse", f'DROP TABLE IF EXISTS "synapse"."{plan.staging_table}"')
            self.copy(plan.container, plan.folder, "synapse", plan.staging_table, create=True)
            text = script_of_the_pipeline().replace("@{pipeline().globalParameters.synapseSchema}", "synapse")
            pieces = {
                "table": plan.table,
                "stagingTable": plan.staging_table,
                "replaced": plan.replaced,
                "assignments": plan.assignments,
                "match": plan.match,
                "columns": plan.columns,
            }
            for name, value in pieces.items():
                text = text.replace(f"@{{item().{name}}}", value)
            assert "@{" not in text
            self.workbench.run("synapse", text)

    def rows(self, table: str) -> list[dict[str, Any]]:
        (found,) = self.workbench.run("synapse", f'SELECT * FROM "synapse"."{table}"')["resultSets"]
        return sorted(found["rows"], key=repr)

    def tables(self, schema: str) -> list[str]:
        text = f"SELECT table_name AS t FROM information_schema.tables WHERE table_schema = '{schema}' ORDER BY 1"
        (found,) = self.workbench.run("synapse", text)["resultSets"]
        return [row["t"] for row in found["rows"]]


def operational(bench: Bench, table: str) -> list[dict[str, Any]]:
    return sorted(bench.app.explore.read(table, Selection(limit=1_000_000)).to_pylist(), key=repr)


@pytest.fixture
def publish(tmp_path: Path) -> Callable[[Bench], Copier]:
    """Copy to Synapse all that is ready."""

    def carry_out(bench: Bench) -> Copier:
        copier = Copier(bench, tmp_path)
        for job in bench.later(120).await_copy(100):
            assert job.run_id is not None
            copier.publish(bench.app.publication.plan(job.job_id, job.run_id, Target.SYNAPSE))
            bench.app.publication.copied(job.job_id, job.run_id, "pipeline-1")
        return copier

    return carry_out


def test_synapse_has_what_the_operational_database_has_aggregates_too(
    bench: Bench, records: bytes, publish: Callable[[Bench], Copier]
) -> None:
    view = bench.run(records)
    copier = publish(bench)
    for table in view.gold_rows:
        assert copier.rows(table) == operational(bench, table), table
    assert copier.tables("synapse") == sorted(view.gold_rows)
    told = bench.app.jobs.get(view.job.job_id)
    assert "Copied to Synapse" in (told.timeline[-1].note or "")
    assert told.job.state is view.job.state
    assert bench.app.await_copy(100) == []
    assert bench.paths("staging") == set()


def test_copying_twice_and_jobs_that_take_each_others_place_leave_each_row_once(
    bench: Bench, records: bytes, publish: Callable[[Bench], Copier]
) -> None:
    first = bench.run(records).job
    publish(bench)
    second = bench.run(records, force=True).job
    copier = publish(bench)
    assert second.run_id is not None
    copier.publish(bench.app.publication.plan(second.job_id, second.run_id, Target.SYNAPSE))
    assert copier.rows("dw_orders") == operational(bench, "dw_orders")
    assert first.run_id is not None
    assert bench.app.publication.plan(first.job_id, first.run_id, Target.SYNAPSE) == [], "another took its place"


def test_rows_that_are_older_than_those_in_synapse_do_not_replace_them(
    bench: Bench, publish: Callable[[Bench], Copier]
) -> None:
    first = bench.run(DEPARTMENTS, JOBS, dataset="hiring", names=NAMES).job
    bench.run(DEPARTMENTS.replace(b"Sales", b"People") + b"77;New\r\n", dataset="hiring", names=NAMES[:1])
    copier = publish(bench)
    expected = operational(bench, "departments")
    assert copier.rows("departments") == expected
    assert first.run_id is not None
    copier.publish(bench.app.publication.plan(first.job_id, first.run_id, Target.SYNAPSE))
    assert copier.rows("departments") == expected


def test_rows_that_were_copied_into_the_operational_database_are_merged_from_there(
    large: Bench, records: bytes, tmp_path: Path
) -> None:
    large.receive(records)
    claimed = claim_one(large)
    run_notebooks(large.app, claimed)
    job_id, run_id = claimed.job.job_id, claimed.claim.run_id
    plans = large.app.publication.plan(job_id, run_id, Target.OPERATIONAL)
    copier = Copier(large, tmp_path)
    for plan in plans:
        copier.workbench.run("staging", f"TRUNCATE TABLE {plan.staging_table}")
        copier.copy(plan.container, plan.folder, "staging", plan.staging_table)
    # The files are needed no more.
    for path in list(large.app.blobs.list(plans[0].container, plans[0].folder)):
        large.app.blobs.delete(plans[0].container, path)
    conclude(large, claimed)
    view = large.app.jobs.get(job_id)
    assert len(large.rows(plans[0].table)) == view.gold_rows[plans[0].table]
    assert copier.tables("staging") == []
    assert large.app.publication.plan(job_id, run_id, Target.OPERATIONAL) == [], "it is loaded already"


def test_rows_of_which_not_all_were_copied_are_loaded_from_their_files(
    large: Bench, records: bytes, tmp_path: Path
) -> None:
    large.receive(records)
    claimed = claim_one(large)
    run_notebooks(large.app, claimed)
    job_id, run_id = claimed.job.job_id, claimed.claim.run_id
    plan, *_ = large.app.publication.plan(job_id, run_id, Target.OPERATIONAL)
    for _ in range(2):
        Copier(large, tmp_path).copy(plan.container, plan.folder, "staging", plan.staging_table)
    conclude(large, claimed)
    assert len(large.rows(plan.table)) == large.app.jobs.get(job_id).gold_rows[plan.table]


def test_nothing_is_copied_of_a_run_that_does_not_count(large: Bench, records: bytes) -> None:
    large.receive(records)
    claimed = claim_one(large)
    for target in Target:
        with pytest.raises(ConflictError):
            large.app.publication.plan(claimed.job.job_id, claimed.claim.run_id, target)


def test_the_oldest_jobs_are_copied_first_and_large_ones_are_left_to_their_pipeline(
    bench: Bench, records: bytes
) -> None:
    jobs = [bench.run(records, user_id=user).job.job_id for user in ("ann", "bob")]
    assert [job.job_id for job in bench.app.await_copy(100)] == jobs
    assert [job.job_id for job in bench.app.await_copy(1)] == jobs[:1]


def test_a_deletion_takes_the_rows_out_of_synapse_too_and_aggregates_follow(
    bench: Bench, records: bytes, publish: Callable[[Bench], Copier]
) -> None:
    first = bench.run(records).job
    second = bench.run(records, user_id="ann", as_of=None).job
    publish(bench)
    bench.app.delete(second.job_id, "ann")
    assert [(job.job_id, job.run_id) for job in bench.app.await_copy(100)] == [(second.job_id, DEPARTURE)]
    copier = publish(bench)
    for table in bench.app.jobs.get(first.job_id).gold_rows:
        assert copier.rows(table) == operational(bench, table), table
    assert "Taken out of Synapse" in (bench.app.jobs.get(second.job_id).timeline[-1].note or "")
    assert bench.app.await_copy(100) == []
    assert bench.paths("staging") == set()


def test_a_deletion_is_carried_out_after_a_copy_that_was_under_way(
    bench: Bench, records: bytes, publish: Callable[[Bench], Copier], tmp_path: Path
) -> None:
    job = bench.run(records).job
    assert job.run_id is not None
    plans = bench.app.publication.plan(job.job_id, job.run_id, Target.SYNAPSE)
    copier = Copier(bench, tmp_path)
    copier.publish(plans)
    bench.app.delete(job.job_id, "ann")
    bench.app.publication.copied(job.job_id, job.run_id, "pipeline-1")
    told = [event.note or "" for event in bench.app.jobs.get(job.job_id).timeline]
    assert not any("Copied to Synapse" in note for note in told)
    publish(bench)
    assert copier.rows("dw_orders") == []
    assert bench.app.publication.copied(job.job_id, DEPARTURE, "pipeline-1").awaits_copy is False


def test_a_job_that_has_published_nothing_leaves_no_trace_in_synapse(bench: Bench) -> None:
    job = bench.run(NO_GOOD_ROW).job
    bench.app.delete(job.job_id, "ann")
    assert bench.app.await_copy(100) == []
    assert bench.app.publication.plan(job.job_id, DEPARTURE, Target.SYNAPSE) == []


def test_a_job_that_is_there_cannot_be_taken_out_of_synapse(bench: Bench, records: bytes) -> None:
    job = bench.run(records).job
    assert bench.app.publication.plan(job.job_id, DEPARTURE, Target.SYNAPSE) == []
    assert bench.app.publication.copied(job.job_id, DEPARTURE, None).awaits_copy


def test_exports_that_were_loaded_into_synapse_go_with_their_job(
    bench: Bench, publish: Callable[[Bench], Copier]
) -> None:
    stays, goes = (
        bench.run(generate_claims(claims, seed, 0).page, dataset="claims", names=("report.html",)).job
        for claims, seed in ((5, 1), (7, 2))
    )
    copier = publish(bench)
    lineage = "_job_id, _user_id, _loaded_at"
    text = f"CREATE TABLE synapse.CleanedClaims AS SELECT * EXCLUDE ({lineage}) FROM main.CleanedClaims"
    copier.workbench.run("synapse", text)
    assert {row["upload_id"] for row in copier.rows("CleanedClaims")} == {stays.job_id, goes.job_id}
    bench.app.delete(goes.job_id, "ann")
    publish(bench)
    assert {row["upload_id"] for row in copier.rows("CleanedClaims")} == {stays.job_id}
