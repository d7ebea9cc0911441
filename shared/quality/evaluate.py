"""Evaluates one table: every row gets its verdict, none is lost, and the rows are split only afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from shared.quality.checks import Check, cell_findings, fails, row_checks
from shared.quality.keys import passes, with_duplicates, with_orphans
from shared.quality.names import FAILS
from shared.quality.prepare import final_value, with_clean_text, with_normal_forms, with_typed_values
from shared.readers.rows import FILE, ROW_NO

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from shared.contracts.model import Table
    from shared.frames.engine import Engine, Frame


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A table's rows with all that was found out about them, and the checks that were asked."""

    table: Table
    frame: Frame
    checks: tuple[Check, ...]
    findings: tuple[Check, ...]

    def accepted(self) -> Frame:
        """Return the rows for silver: the contract's columns in their types, and where each row came from."""
        kept = [final_value(name, column) for name, column in self.table.columns.items() if not column.drop]
        return self.frame.filter(passes()).select(*kept, nw.col(FILE), nw.col(ROW_NO))


def evaluate(
    frame: Frame,
    table: Table,
    accepted: Mapping[str, Frame],
    *,
    as_of: datetime,
    phone_region: str,
    engine: Engine,
) -> Evaluated:
    """Judge the rows of a table of text columns, as the readers give them.

    ``accepted`` holds the silver rows of the tables above; ``as_of`` is the job's time (UTC).
    """
    checks = tuple(row_checks(table, as_of))
    frame = with_clean_text(frame, table)
    frame = with_typed_values(frame, table, as_of)
    frame = frame.with_columns(fails(table, checks).alias(FAILS))
    frame = with_normal_forms(frame, table, phone_region, engine)
    frame = with_duplicates(frame, table, engine)
    frame = with_orphans(frame, table, accepted)
    softened = tuple(check for check in checks if not check.rejects)
    return Evaluated(
        table,
        engine.persist(frame),
        tuple(check for check in checks if check.rejects),
        (*softened, *cell_findings(table)),
    )
