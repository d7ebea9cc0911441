"""The scorecard of a job: kept with its account, told in the log, and able to stop publication."""

from __future__ import annotations

import logging
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from shared.contracts.rules import Metric
from shared.datasets.catalogue import load_dataset
from shared.domain.job import JobState
from shared.domain.scorecard import Status
from shared.errors import GoneError, NotFoundError

if TYPE_CHECKING:
    from shared.services.browse import JobView
    from tests.integration.services.conftest import Bench

DEPARTMENTS = b"id,department\n1,Sales\n2,Legal\n3,\n4,Sales\n1,Twice\n"
METRICS = (
    Metric(name="completeness", rule="required", severity="critical", warn_below=Decimal(1)),
    Metric(name="repeated", rule="duplicate", warn_above=Decimal("0.5")),
)


@pytest.fixture
def ask_more(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the contract of the departments say more than it does."""

    def change(**words: Any) -> None:
        dataset = load_dataset("hiring")
        first, *others = dataset.contract.tables
        contract = dataset.contract.model_copy(update={"tables": (first.model_copy(update=words), *others)})
        changed = replace(dataset, contract=contract)
        monkeypatch.setattr("shared.services.medallion.load_dataset", lambda _: changed)

    return change


def run(bench: Bench) -> JobView:
    return bench.run(DEPARTMENTS, dataset="hiring", names=("departments.csv",))


def test_a_job_has_a_scorecard_beside_its_manifest(bench: Bench) -> None:
    view = run(bench)
    card = bench.app.jobs.quality(view.job.job_id)
    score = card.tables[0]
    assert (score.table, score.read, score.accepted, score.judgement.value) == ("departments", 5, 3, 60.0)
    assert {rule.name: rule.broken for rule in score.rules} == {
        "departments.department.required": 1,
        "departments.id.duplicate": 1,
    }
    assert (card.status, card.blocked_by, card.metrics) == (Status.WARN, (), ())
    folder = f"{bench.app.settings.manifests_container}/{view.job.job_id}/"
    assert f"{folder}{view.job.run_id}/quality.json" in bench.paths("manifests")


def test_each_metric_is_one_line_of_the_log(bench: Bench, ask_more: Any, caplog: pytest.LogCaptureFixture) -> None:
    ask_more(metrics=METRICS)
    with caplog.at_level(logging.INFO):
        view = run(bench)
    lines = [(one.levelname, one.fields) for one in caplog.records if one.message == "quality metric"]
    assert lines == [
        (
            "WARNING",
            {"name": "completeness", "value": 80.0, "threshold": 100.0, "severity": "critical", "status": "fail"},
        ),
        ("INFO", {"name": "repeated", "value": 20.0, "threshold": 50.0, "severity": "warning", "status": "pass"}),
    ]
    metrics = bench.app.jobs.quality(view.job.job_id).metrics
    assert [(metric.name, metric.value) for metric in metrics] == [("completeness", 80.0), ("repeated", 20.0)]
    assert view.job.state is JobState.SUCCEEDED_WITH_REJECTS, "a metric reports; it does not block"


def test_below_its_bar_nothing_of_a_job_is_published_and_the_job_says_so(bench: Bench, ask_more: Any) -> None:
    bench.run(b"id,department\n9,Archive\n", dataset="hiring", names=("departments.csv",))
    before = bench.rows("departments")
    ask_more(block_below=Decimal("0.61"))
    view = run(bench)
    assert view.job.state is JobState.FAILED
    assert view.job.problem is not None
    assert (view.job.problem.code, view.job.problem.details) == ("below_quality_bar", {"figures": ["departments"]})
    assert (bench.rows("departments"), view.gold_rows) == (before, {})
    assert not any(view.job.job_id in path for path in bench.paths("gold"))
    assert [event.state for event in view.timeline] == ["received", "routed", "failed"]
    card = bench.app.jobs.quality(view.job.job_id)
    assert (card.status, card.blocked_by) == (Status.FAIL, ("departments",))
    assert [reject.rule for reject in bench.app.jobs.rejects(view.job.job_id)] == ["required", "duplicate"]


def test_a_job_that_was_blocked_can_be_taken_up_again_under_another_bar(bench: Bench, ask_more: Any) -> None:
    ask_more(block_below=Decimal("0.61"))
    blocked = run(bench)
    ask_more(block_below=Decimal("0.6"))
    bench.app.retry(blocked.job.job_id)
    bench.work()
    assert bench.app.jobs.get(blocked.job.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert len(bench.rows("departments")) == 3


def test_a_job_of_which_no_row_is_good_has_its_scorecard_too(bench: Bench) -> None:
    view = bench.run(b"id,department\n1,\nx,y\n", dataset="hiring", names=("departments.csv",))
    assert view.job.problem is not None
    assert view.job.problem.code == "no_good_rows"
    assert bench.app.jobs.quality(view.job.job_id).tables[0].judgement.value == 0.0


def test_a_job_that_was_not_judged_has_none(bench: Bench) -> None:
    job = bench.receive(DEPARTMENTS, dataset="hiring", names=("departments.csv",)).job
    with pytest.raises(NotFoundError, match="have not been judged") as missing:
        bench.app.jobs.quality(job.job_id)
    assert missing.value.code == "not_judged"


def test_the_scorecard_of_a_deleted_job_went_with_it(bench: Bench) -> None:
    job_id = run(bench).job.job_id
    bench.app.delete(job_id, "admin")
    with pytest.raises(GoneError):
        bench.app.jobs.quality(job_id)
    assert not any(path.endswith("quality.json") for path in bench.paths("manifests"))
