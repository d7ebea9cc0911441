"""Silver: every row is judged by its contract; the good ones are typed, the others kept with their reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from shared.domain.ledger import Balance, Ledger
from shared.domain.verdicts import REJECTING, Outcome
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


def refine(
    contract: Contract,
    bronze: MutableMapping[str, Frame],
    files: Sequence[str],
    context: RunContext,
    engine: Engine,
    loaded: Mapping[str, Frame] | None = None,
    told: Mapping[str, pa.Table] | None = None,
) -> SilverResult:
    """Judge all tables of a job, in the contract's order, so that references resolve among accepted rows only.

    ``bronze`` holds a frame of text columns a table and is emptied on the way, so that rows as read do not stay in
    memory beside what became of them; ``files`` are the names of the job's files in their order. ``loaded`` holds the
    keys that earlier jobs have loaded, by table; a reference may name one of those as well. ``told`` is what the
    dataset's own reader says of rows, by table, as :func:`~shared.quality.told_rows.told_rows` takes it.
    """
    labels = {table.name: table.label for table in contract.tables}
    result = SilverResult({}, {}, {}, {}, {})
    known: dict[str, Frame] = {}
    for table in contract.tables:
        read = _length(bronze[table.name], engine)
        evaluated = evaluate(
            bronze.pop(table.name),
            table,
            known,
            labels=labels,
            as_of=context.as_of,
            phone_region=contract.phone_region,
            engine=engine,
        )
        said = verdict_rows(evaluated, files, (told or {}).get(table.name), engine)
        result.verdicts[table.name] = engine.persist(said)
        result.frames[table.name] = engine.keep(evaluated.accepted(), "silver", table.name)
        messages = evaluated.messages
        del evaluated
        known[table.name] = _known_keys(table, result.frames[table.name], (loaded or {}).get(table.name))
        _count(result, table, read, messages, engine)
    return result


def _known_keys(table: Table, accepted: Frame, loaded: Frame | None) -> Frame:
    """Return the keys that rows of the tables below may refer to, each once."""
    keys = accepted.select(*table.key)
    return keys if loaded is None else nw.concat([keys, loaded]).unique()


def _count(result: SilverResult, table: Table, read: int, messages: dict[str, str], engine: Engine) -> None:
    """Enter a table into the ledger and the counts by rule."""
    verdicts = result.verdicts[table.name]
    found = counted_verdicts(verdicts, engine)
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in found:
        counts[row["outcome"], row["column"], row["rule"]] += row["rows"]
    rejected = {outcome: sum(n for (kind, *_), n in counts.items() if kind == outcome) for outcome in REJECTING}
    result.ledger[table.name] = Balance(
        read=read,
        silver=_length(result.frames[table.name], engine),
        quarantined=rejected[Outcome.QUARANTINED],
        duplicate=rejected[Outcome.DUPLICATE],
        skipped=rejected[Outcome.SKIPPED],
    )
    most_frequent_first = sorted(counts.items(), key=lambda item: (-item[1], item[0][1:]))
    result.rule_counts[table.name] = {":".join(parts): n for parts, n in most_frequent_first}
    result.broken[table.name] = broken_rules(table, verdicts, found, messages, engine)


def _length(frame: Frame, engine: Engine) -> int:
    return int(engine.to_arrow(frame.select(nw.len().alias("rows"))).column("rows")[0].as_py())
