"""The outputs of a run as they are stored, to be compared with those of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from tests.proofs import Equal

if TYPE_CHECKING:
    from shared.bootstrap import App
    from shared.domain.ledger import Ledger
    from shared.domain.manifest import Manifest, OutputFile

KINDS = ("silver", "quarantine", "gold")
_OF_A_RUN = ("_job_id", "_loaded_at")


@dataclass(frozen=True)
class Stored:
    """The outputs of a run as they are stored: ledger, counts of rules, and the rows of each table by kind."""

    ledger: Ledger
    rule_counts: dict[str, dict[str, int]]
    rows: dict[str, dict[str, pa.Table]]


def stored(app: App, manifest: Manifest) -> Stored:
    """Read the outputs that a manifest names, in an order of their own, without what says which run they are of."""
    rows = {kind: _tables(app, getattr(manifest, kind)) for kind in KINDS}
    return Stored(manifest.ledger, manifest.rule_counts, rows)


def _tables(app: App, files: tuple[OutputFile, ...]) -> dict[str, pa.Table]:
    found: dict[str, list[pa.Table]] = {}
    for file in files:
        found.setdefault(file.table, []).append(next(iter(app.process.outputs.read([file]).values())))
    return {name: _sorted(pa.concat_tables(parts)) for name, parts in found.items()}


def _sorted(rows: pa.Table) -> pa.Table:
    rows = rows.drop_columns([name for name in _OF_A_RUN if name in rows.column_names])
    return rows.sort_by([(name, "ascending") for name in rows.column_names]).combine_chunks()


def assert_same_stored(left: Stored, right: Stored) -> Equal:
    """Demand equal ledgers, counts and tables, row for row and type for type."""
    assert left.ledger == right.ledger
    assert left.rule_counts == right.rule_counts
    for kind in KINDS:
        ours, theirs = left.rows[kind], right.rows[kind]
        assert ours.keys() == theirs.keys()
        for name, rows in theirs.items():
            assert _types(ours[name]) == _types(rows), f"{kind} {name}"
            assert ours[name].equals(rows) or ours[name].to_pylist() == rows.to_pylist(), f"{kind} {name}"
    return Equal.of(left.ledger, *(left.rows[kind] for kind in KINDS))


def _types(rows: pa.Table) -> list[tuple[str, pa.DataType]]:
    return [(field.name, field.type) for field in rows.schema]
