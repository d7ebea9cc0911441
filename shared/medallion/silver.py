"""Silver: every row is judged by its contract; the good ones are typed, the others kept with their reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from shared.domain.ledger import Balance, Ledger
from shared.domain.verdicts import REJECTING, Outcome
from shared.medallion.side_by_side import side_by_side
from shared.quality.broken_rules import broken_rules, counted_verdicts
from shared.quality.evaluate import evaluate
from shared.quality.verdict_rows import verdict_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    import pyarrow as pa

    from shared.contracts.model import Contract
    from shared.contracts.table import Table
    from shared.domain.scorecard import BrokenRules
    from shared.frames.engine import Engine, Frame
    from shared.medallion.context import RunContext

#: Per table, how many rows each rule spoke of, by ``outcome:column:rule``.
RuleCounts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class SilverResult:
    """The silver frame and the verdicts of each table, the ledger, the counts by rule, and what the scorecard needs."""

    frames: dict[str, Frame]
    verdicts: dict[str, Frame]
    ledger: Ledger
    rule_counts: RuleCounts
    broken: dict[str, BrokenRules]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a :class:`SilverResult` holds of one table."""

    accepted: Frame
    verdicts: Frame
    balance: Balance
    rule_counts: dict[str, int]
    broken: BrokenRules


def refine(
    contract: Contract,
    bronze: MutableMapping[str, Frame],
    files: Sequence[str],
    context: RunContext,
    engine: Engine,
    loaded: Mapping[str, Frame] | None = None,
    told: Mapping[str, pa.Table] | None = None,
) -> SilverResult:
    """Judge all tables of a job, each after those that it refers to: references resolve among accepted rows only.

    ``bronze`` holds a frame of text columns a table and is emptied on the way, so that rows as read do not stay in
    memory beside what became of them; ``files`` are the names of the job's files in their order. ``loaded`` holds the
    keys that earlier jobs have loaded, by table; a reference may name one of those as well. ``told`` is what the
    dataset's own reader says of rows, by table, as :func:`~shared.quality.told_rows.told_rows` takes it.
    """
    tables = {table.name: table for table in contract.tables}
    labels = {name: table.label for name, table in tables.items()}
    known: dict[str, Frame] = {}

    def judge(name: str) -> _Judged:
        table = tables[name]
        read = _length(bronze[name], engine)
        evaluated = evaluate(
            bronze.pop(name),
            table,
            known,
            labels=labels,
            as_of=context.as_of,
            phone_region=contract.phone_region,
            engine=engine,
        )
        said = verdict_rows(evaluated, files, (told or {}).get(name), engine)
        verdicts = engine.persist(said)
        accepted = engine.keep(evaluated.accepted(), "silver", name)
        messages = evaluated.messages
        del evaluated
        known[name] = _known_keys(table, accepted, (loaded or {}).get(name))
        return _counted(table, read, accepted, verdicts, messages, engine)

    needs = {name: {rule.target[0] for rule in table.rules} for name, table in tables.items()}
    judged = side_by_side(needs, judge, engine.tables_at_once)
    return SilverResult(
        frames={name: one.accepted for name, one in judged.items()},
        verdicts={name: one.verdicts for name, one in judged.items()},
        ledger={name: one.balance for name, one in judged.items()},
        rule_counts={name: one.rule_counts for name, one in judged.items()},
        broken={name: one.broken for name, one in judged.items()},
    )


def _known_keys(table: Table, accepted: Frame, loaded: Frame | None) -> Frame:
    """Return the keys that rows of the tables below may refer to, each once."""
    keys = accepted.select(*table.key)
    return keys if loaded is None else nw.concat([keys, loaded]).unique()


def _counted(
    table: Table, read: int, accepted: Frame, verdicts: Frame, messages: dict[str, str], engine: Engine
) -> _Judged:
    """Count a table's rows for the ledger, and those that each rule spoke of."""
    found = counted_verdicts(verdicts, engine)
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in found:
        counts[row["outcome"], row["column"], row["rule"]] += row["rows"]
    rejected = {outcome: sum(n for (kind, *_), n in counts.items() if kind == outcome) for outcome in REJECTING}
    balance = Balance(
        read=read,
        silver=_length(accepted, engine),
        quarantined=rejected[Outcome.QUARANTINED],
        duplicate=rejected[Outcome.DUPLICATE],
        skipped=rejected[Outcome.SKIPPED],
    )
    most_frequent_first = sorted(counts.items(), key=lambda item: (-item[1], item[0][1:]))
    rule_counts = {":".join(parts): n for parts, n in most_frequent_first}
    return _Judged(accepted, verdicts, balance, rule_counts, broken_rules(table, verdicts, found, messages, engine))


def _length(frame: Frame, engine: Engine) -> int:
    return int(engine.to_arrow(frame.select(nw.len().alias("rows"))).column("rows")[0].as_py())
