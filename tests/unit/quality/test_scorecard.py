"""The scorecard: shares of the rows read, thresholds, and what stops publication."""

from decimal import Decimal

import pytest

from shared.domain.ledger import Balance
from shared.domain.scorecard import BrokenRules, Judgement, Metric, Reconciled, Scorecard, Status, worst
from shared.frames.engine import Engine
from shared.quality.scorecard import scorecard
from tests.judging import contract_of, judge

VISITS = """
  - name: doctor
    label: Doctor
    key: [id]
    columns:
      id: {label: "Doctor number", required: true}
  - name: visit
    label: Visit
    key: [id]
    TABLE
    columns:
      id:      {label: "Visit number", required: true}
      doctor:  {label: "Doctor of the visit", required: true}
      patient: {label: "Patient", required: true}
      age:     {label: "Age", type: integer, clean: [trim, integer_text], range: {max: 120}, on_fail: null}
      room:    {label: "Room", type: integer, on_fail: null}
    rules:
      - {id: doctor-exists, column: doctor, references: doctor.id RULE}
    metrics:
      - {name: completeness, rule: required, columns: [id, patient], severity: critical, warn_below: 1 METRIC}
      - {name: duplicates, rule: duplicate, warn_above: 0.05}
      - {name: typing, rule: type, warn_below: 1}
"""
READ = 1025


def visits(table: str = "", rule: str = "", metric: str = "") -> str:
    text = VISITS.replace(" RULE", f", {rule}" if rule else "").replace(" METRIC", f", {metric}" if metric else "")
    return text.replace("    TABLE\n", f"    {table}\n" if table else "")


def card_of(
    *, broken: dict[str, int] | None = None, metrics: dict[str, int] | None = None, read: int = READ, **words: str
) -> Scorecard:
    """The scorecard of so many visits, all good but for those named."""
    contract = contract_of(visits(**words))
    named = {
        f"{column}:{rule}": f"{column} breaks {rule}."
        for column in ("id", "doctor", "patient", "age")
        for rule in ("required", "reference", "integer_text", "ragged")
    }
    lost = sum((broken or {}).values())
    known = {"completeness": 0, "duplicates": 0, "typing": 0, **(metrics or {})}
    return scorecard(
        contract,
        {"doctor": Balance(0, 0, 0, 0), "visit": Balance(read, read - lost, lost, 0)},
        {"doctor": BrokenRules({}, {}, {}), "visit": BrokenRules(broken or {}, known, named)},
    )


def test_a_metric_is_a_number_in_percent_with_four_decimals():
    card = card_of(
        broken={"doctor:reference": 175}, metrics={"completeness": 3, "duplicates": 60}, rule="warn_below: 0.95"
    )
    assert card.metrics == (
        Metric("doctor-exists", 82.9268, 95.0, "warning", Status.WARN),
        Metric("completeness", 99.7073, 100.0, "critical", Status.FAIL),
        Metric("duplicates", 5.8537, 5.0, "warning", Status.WARN),
        Metric("typing", 100.0, 100.0, "warning", Status.PASS),
    )


def test_a_threshold_itself_is_passed_and_is_held_against_the_exact_share():
    at = card_of(metrics={"duplicates": 5, "completeness": 0}, read=100)
    assert {metric.name: metric.status for metric in at.metrics}["duplicates"] is Status.PASS
    nearly = card_of(metrics={"completeness": 1}, read=100_000_000)
    assert [(metric.value, metric.status) for metric in nearly.metrics if metric.name == "completeness"] == [
        (100.0, Status.FAIL)
    ]


def test_rules_are_judged_by_their_severity_unless_the_contract_says_more():
    card = card_of(broken={"age:integer_text": 2, "patient:required": 3, "id:ragged": 1, "doctor:reference": 5})
    rules = {rule.name: (rule.broken, rule.judgement.severity, rule.judgement.status) for rule in card.tables[1].rules}
    assert list(rules.items()) == [
        ("doctor-exists", (5, "warning", Status.WARN)),
        ("visit.patient.required", (3, "warning", Status.WARN)),
        ("visit.age.integer_text", (2, "info", Status.PASS)),
        ("visit.id.ragged", (1, "critical", Status.FAIL)),
    ]
    assert card.status is Status.FAIL
    assert [rule.message for rule in card.tables[1].rules][-1] == "id breaks ragged."


def test_a_named_rule_stands_on_the_scorecard_though_no_row_breaks_it():
    card = card_of()
    assert [(rule.name, rule.broken, rule.judgement.value) for rule in card.tables[1].rules] == [
        ("doctor-exists", 0, 100.0)
    ]
    assert (card.status, card.blocked_by) == (Status.PASS, ())


def test_a_table_is_judged_by_the_share_of_its_rows_that_are_accepted():
    card = card_of(broken={"patient:required": 205}, table="warn_below: 0.9")
    score = card.tables[1]
    assert (score.read, score.accepted) == (1025, 820)
    assert score.judgement == Judgement(80.0, 90.0, None, "warning", Status.WARN)
    assert card_of(broken={"patient:required": 205}).tables[1].judgement.threshold is None


def test_a_table_without_rows_has_no_figures():
    card = card_of(read=0)
    assert [score.judgement.value for score in card.tables] == [None, None]
    assert (card.metrics, card.status) == ((), Status.PASS)


@pytest.mark.parametrize(
    ("words", "by"),
    [
        ({"table": "block_below: 0.9"}, ("visit",)),
        ({"rule": "block_below: 0.9"}, ("doctor-exists",)),
        ({"metric": "block_below: 0.9"}, ("completeness",)),
        ({"table": "block_below: 0.8", "rule": "block_below: 0.8", "metric": "block_below: 0.8"}, ()),
    ],
)
def test_a_share_below_its_bar_blocks_and_is_named(words: dict[str, str], by: tuple[str, ...]):
    card = card_of(broken={"doctor:reference": 20}, metrics={"completeness": 20}, read=100, **words)
    assert card.blocked_by == by


def test_a_stated_total_that_does_not_agree_is_a_warning():
    contract = contract_of(visits())
    rows, none = (
        Balance(1, 1, 0, 0),
        BrokenRules({}, dict.fromkeys(("completeness", "duplicates", "typing"), 0), {"doctor:reference": ""}),
    )
    stated = [
        Reconciled("rows", Decimal(2), Decimal(1)),
        Reconciled("sum", Decimal("5.00"), Decimal(5)),
        Reconciled("held", None, Decimal(3)),
    ]
    card = scorecard(contract, {"doctor": rows, "visit": rows}, {"doctor": none, "visit": none}, stated)
    assert [one.agrees for one in card.reconciliation] == [False, True, None]
    assert card.status is Status.WARN


def test_the_worst_of_nothing_is_a_pass():
    assert worst([]) is Status.PASS
    assert worst([Status.WARN, Status.FAIL, Status.PASS]) is Status.FAIL


def test_a_row_counts_once_for_a_metric_however_many_of_its_columns_break_the_rule(engine: Engine):
    judged = judge(
        visits(),
        engine,
        {"doctor": {"id": "1"}, "visit": {"id": "a", "doctor": "1", "patient": "p", "age": "x", "room": "y"}},
        {"visit": {"id": "", "doctor": "1"}},
        {"visit": {"id": "b", "doctor": "1", "age": "41X", "room": "y"}},
        {"visit": {"id": "a", "doctor": "1", "patient": "p"}},
    )
    broken = judged.result.broken["visit"]
    assert broken.metrics == {"completeness": 2, "duplicates": 1, "typing": 1}
    assert broken.rows == {
        "id:required": 1,
        "patient:required": 2,
        "id:duplicate": 1,
        "age:type": 1,
        "room:type": 1,
        "age:integer_text": 1,
    }
    assert {metric.name: metric.value for metric in judged.card.metrics} == {
        "doctor-exists": 100.0,
        "completeness": 50.0,
        "duplicates": 25.0,
        "typing": 75.0,
    }
