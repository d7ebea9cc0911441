"""Runs a dataset's rules on an engine and returns all that comes of it, in an order of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from shared.datasets.catalogue import load_dataset
from shared.domain.ledger import Ledger
from shared.domain.scorecard import BrokenRules
from shared.frames.engine import Engine
from shared.medallion import bronze, gold, silver
from shared.medallion.context import RunContext
from tests.proofs import Equal

AS_OF = datetime(2026, 1, 15, 12, tzinfo=UTC)
CONTEXT = RunContext("job-1", "run-1", "user-1", AS_OF, AS_OF, b"a key for tests")


@dataclass(frozen=True)
class Outcome:
    """Every table that a run makes, the ledger, and the counts by rule and for the scorecard."""

    silver: dict[str, pa.Table]
    verdicts: dict[str, pa.Table]
    gold: dict[str, pa.Table]
    ledger: Ledger
    rule_counts: silver.RuleCounts
    broken: dict[str, BrokenRules]


def outcome(
    dataset: str, engine: Engine, *files: bytes | bronze.SourceFile, loaded: dict[str, pa.Table] | None = None
) -> Outcome:
    """Take files through bronze, silver and gold; bytes alone are JSON that feeds all tables."""
    found = load_dataset(dataset)
    sources = [
        bronze.SourceFile(f"file-{number}.json", file) if isinstance(file, bytes) else file
        for number, file in enumerate(files)
    ]
    extracted = bronze.read_dataset(found, sources)
    rows = {name: engine.from_arrow(table) for name, table in extracted.tables.items()}
    names = [source.filename for source in sources]
    keys_loaded = {name: engine.from_arrow(keys) for name, keys in (loaded or {}).items()}
    refined = silver.refine(found.contract, rows, names, CONTEXT, engine, keys_loaded, extracted.findings)
    made = gold.build(found, refined.frames, CONTEXT, engine)
    keys = {table.name: table.key for table in found.gold}
    verdict_order = ("_file", "_row_no", "column", "rule")
    return Outcome(
        {name: _sorted(engine, frame, ("_file", "_row_no")) for name, frame in refined.frames.items()},
        {name: _sorted(engine, frame, verdict_order) for name, frame in refined.verdicts.items()},
        {name: _sorted(engine, frame, keys[name]) for name, frame in made.items()},
        refined.ledger,
        refined.rule_counts,
        refined.broken,
    )


def _sorted(engine: Engine, frame, by: tuple[str, ...]) -> pa.Table:
    return engine.to_arrow(frame).sort_by([(name, "ascending") for name in by]).combine_chunks()


def assert_same(left: Outcome, right: Outcome) -> Equal:
    """Demand equal tables, row for row and type for type."""
    assert left.ledger == right.ledger
    assert left.rule_counts == right.rule_counts
    assert left.broken == right.broken
    for kind in ("silver", "verdicts", "gold"):
        ours, theirs = getattr(left, kind), getattr(right, kind)
        assert ours.keys() == theirs.keys()
        for name, table in ours.items():
            assert table.schema == theirs[name].schema, f"{kind} {name}"
            assert table.to_pylist() == theirs[name].to_pylist(), f"{kind} {name}"
    return Equal.of(left.ledger, left.silver, left.verdicts, left.gold)
