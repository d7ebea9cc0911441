"""Makes a job's scorecard of its ledger and of the rules that its rows break."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from shared.domain.scorecard import Judgement, Metric, RuleScore, Scorecard, Status, TableScore, worst

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.contracts.model import Contract
    from shared.contracts.rules import Metric as Asked
    from shared.contracts.rules import Rule, Weight
    from shared.contracts.table import Table
    from shared.domain.ledger import Balance, Ledger
    from shared.domain.scorecard import BrokenRules, Reconciled
    from shared.domain.verdicts import Severity

_FOUR_PLACES = Decimal("0.0001")


def scorecard(
    contract: Contract, ledger: Ledger, broken: Mapping[str, BrokenRules], reconciled: Sequence[Reconciled] = ()
) -> Scorecard:
    """Return the scorecard of a job.

    All shares are of the rows read, before any is rejected: a rule's is that of the rows which keep it, a table's that
    of those which are accepted. ``reconciled`` are the figures that the files state of themselves.
    """
    tables = [_table_score(table, ledger[table.name], broken[table.name]) for table in contract.tables]
    metrics: list[tuple[str, Judgement]] = []
    for table, score in zip(contract.tables, tables, strict=True):
        ids = {rule.id for rule in table.rules}
        metrics += [(rule.name, rule.judgement) for rule in score.rules if rule.name in ids]
        metrics += [_measured(metric, score.read, broken[table.name]) for metric in table.metrics if score.read]
    rules = [rule for score in tables for rule in score.rules]
    figures = [(score.table, score.judgement) for score in tables] + [(rule.name, rule.judgement) for rule in rules]
    figures += [metric for metric in metrics if metric not in figures]
    statuses = [judgement.status for _, judgement in figures]
    statuses += [Status.WARN for figure in reconciled if figure.agrees is False]
    return Scorecard(
        status=worst(statuses),
        blocked_by=tuple(name for name, judgement in figures if judgement.blocks),
        tables=tuple(tables),
        metrics=tuple(Metric(name, one.value, one.threshold, one.severity, one.status) for name, one in metrics),
        reconciliation=tuple(reconciled),
    )


def _table_score(table: Table, balance: Balance, broken: BrokenRules) -> TableScore:
    """Score a table, with the rules that are broken and those that the contract weighs."""
    weighed = {f"{rule.column}:reference": rule for rule in table.rules if rule.id or rule.is_judged}
    names = {*broken.rows, *weighed} if balance.read else ()
    scores = [_rule_score(name, weighed.get(name), table, balance.read, broken) for name in names]
    severity = table.severity or ("info" if table.warn_below is None else "warning")
    return TableScore(
        table=table.name,
        label=table.label,
        read=balance.read,
        accepted=balance.silver,
        judgement=_judged(balance.silver, balance.read, table, severity),
        rules=tuple(sorted(scores, key=lambda score: (-score.broken, score.name))),
    )


def _rule_score(name: str, rule: Rule | None, table: Table, read: int, broken: BrokenRules) -> RuleScore:
    column, _, code = name.partition(":")
    verdict, count = table.verdict(code), broken.rows.get(name, 0)
    severity = (rule.severity if rule else None) or verdict.severity
    message = broken.messages.get(name) or verdict.message(table.columns[column].label)
    return RuleScore(
        name=(rule.id if rule else None) or f"{table.name}.{column}.{code}",
        rule=code,
        column=column,
        label=table.columns[column].label,
        title=verdict.title,
        message=f"{message.rstrip('.: ')}.",
        how_to_fix=verdict.how_to_fix,
        broken=count,
        judgement=_judged(read - count, read, rule, severity),
    )


def _measured(metric: Asked, read: int, broken: BrokenRules) -> tuple[str, Judgement]:
    count = broken.metrics[metric.name]
    if metric.warn_above is None:
        return metric.name, _judged(read - count, read, metric, metric.severity)
    is_passed = count <= metric.warn_above * read
    status = _status(metric.severity, is_passed=is_passed)
    return metric.name, Judgement(_percent(count, read), _as_percent(metric.warn_above), None, metric.severity, status)


def _judged(kept: int, read: int, weight: Weight | None, severity: Severity) -> Judgement:
    """Judge a share of rows; a rule of which the contract says nothing is to be kept by all, unless it only informs."""
    threshold = weight.warn_below if weight else None
    if threshold is None and severity != "info":
        threshold = Decimal(1)
    block_below = weight.block_below if weight else None
    blocks = block_below is not None and kept < block_below * read
    is_passed = threshold is None or kept >= threshold * read
    return Judgement(
        value=_percent(kept, read),
        threshold=_as_percent(threshold),
        block_below=_as_percent(block_below),
        severity=severity,
        status=Status.FAIL if blocks else _status(severity, is_passed=is_passed),
        blocks=blocks,
    )


def _status(severity: Severity, *, is_passed: bool) -> Status:
    if is_passed:
        return Status.PASS
    return Status.FAIL if severity == "critical" else Status.WARN


def _percent(rows: int, read: int) -> float | None:
    return float((100 * Decimal(rows) / read).quantize(_FOUR_PLACES, ROUND_HALF_UP)) if read else None


def _as_percent(share: Decimal | None) -> float | None:
    return None if share is None else float(100 * share)
