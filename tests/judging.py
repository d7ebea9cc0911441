"""Judges a few rows by the words of a contract that a test writes down."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from shared.contracts.load import load_contract
from shared.contracts.model import Contract
from shared.domain.scorecard import RuleScore, Scorecard, TableScore
from shared.frames.engine import Engine
from shared.medallion import bronze, silver
from shared.medallion.context import RunContext
from shared.quality.scorecard import scorecard

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
TOLD = ["_seq", "column", "rule", "expected", "found"]
CONTEXT = RunContext("job", "run", "user", NOW, NOW, b"key")


@dataclass(frozen=True)
class Judged:
    """What became of the rows of all tables; each list in the order of the rows."""

    contract: Contract
    result: silver.SilverResult
    accepted: dict[str, list[dict[str, Any]]]
    verdicts: dict[str, list[dict[str, Any]]]

    def told(self, table: str) -> list[tuple]:
        """What is said of which row."""
        found = [(row["_row_no"], row["outcome"], row["column"], row["rule"]) for row in self.verdicts[table]]
        return sorted(found)

    @property
    def card(self) -> Scorecard:
        return scorecard(self.contract, self.result.ledger, self.result.broken)

    @property
    def scores(self) -> dict[str, TableScore]:
        return {score.table: score for score in self.card.tables}

    @property
    def rules(self) -> dict[str, RuleScore]:
        return {rule.name: rule for score in self.card.tables for rule in score.rules}


def contract_of(tables: str) -> Contract:
    """Read the contract of a dataset ``things`` with these tables, of nested records."""
    return load_contract(f"dataset: things\nversion: 1\nfiles: all_tables\ngold: [things]\ntables:\n{tables}")


def judge(tables: str, engine: Engine, *records: dict, told: dict[str, list[tuple]] | None = None) -> Judged:
    """Judge nested records.

    ``told`` is what the dataset's own reader would say, by table: number of the row, column, rule, expected, found.
    """
    contract = contract_of(tables)
    read = bronze.read(contract, [bronze.SourceFile("things.json", json.dumps(records).encode())])
    frames = {name: engine.from_arrow(table) for name, table in read.items()}
    by_table = {name: pa.table(list(zip(*rows, strict=True)), TOLD) for name, rows in (told or {}).items()}
    result = silver.refine(contract, frames, ["things.json"], CONTEXT, engine, told=by_table)
    return Judged(contract, result, _rows(result.frames, engine), _rows(result.verdicts, engine))


def _rows(frames: dict[str, Any], engine: Engine) -> dict[str, list[dict[str, Any]]]:
    order = [("_row_no", "ascending")]
    return {name: engine.to_arrow(frame).sort_by(order).to_pylist() for name, frame in frames.items()}
