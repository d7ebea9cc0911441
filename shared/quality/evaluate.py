"""Evaluates one table: every row gets its verdict, none is lost, and the rows are split only afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from shared.domain.verdicts import Outcome
from shared.frames.literals import nothing
from shared.quality.checks import (
    Check,
    cell_findings,
    joint_look_of,
    joint_looks,
    key_check,
    reference_checks,
    row_checks,
)
from shared.quality.keys import compared_columns, passes, with_duplicates, with_orphans
from shared.quality.names import FAILS, flag, seen
from shared.quality.prepare import final_value, with_clean_text, with_normal_forms, with_typed_values
from shared.readers.rows import FILE, ROW_NO, SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from shared.contracts.column import Column
    from shared.contracts.table import Table
    from shared.frames.engine import Engine, Frame


_PASSES = "_passes"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A table's rows with all that was found out about them, and the checks that were asked.

    ``checks`` keep a row out of silver by its own cells, ``unique`` by its key, and ``references`` by what they name,
    unless they are among the ``findings``: these only say something of a row.
    """

    table: Table
    frame: Frame
    checks: tuple[Check, ...]
    unique: Check
    references: tuple[Check, ...]
    findings: tuple[Check, ...]

    @property
    def messages(self) -> dict[str, str]:
        """What is said of a row that breaks a rule, by the rule's name."""
        every = (*self.checks, self.unique, *self.references, *self.findings)
        return {check.name: check.message for check in every}

    def accepted(self) -> Frame:
        """Return the rows for silver: the contract's columns in their types, and where each row came from."""
        kept = [self._final(name, column) for name, column in self.table.columns.items() if not column.drop]
        rows = self.frame.select(*kept, nw.col(FILE), nw.col(ROW_NO), passes().alias(_PASSES))
        return rows.filter(nw.col(_PASSES)).drop(_PASSES)

    def _final(self, name: str, column: Column) -> nw.Expr:
        value = final_value(name, column)
        for finding in self.findings:
            if finding.column == name and finding.outcome is Outcome.NULLED and finding.rule != "normalise":
                value = nw.when(finding.failed).then(nothing(value)).otherwise(value)
        return value.alias(name)


def evaluate(
    frame: Frame,
    table: Table,
    accepted: Mapping[str, Frame],
    *,
    labels: Mapping[str, str],
    as_of: datetime,
    phone_region: str,
    engine: Engine,
) -> Evaluated:
    """Judge the rows of a table of text columns, as the readers give them.

    ``accepted`` holds the keys of the tables above that may be referred to, and ``labels`` the names of all tables for
    people; ``as_of`` is the job's time (UTC).
    """
    every = row_checks(table, as_of)
    checks = tuple(check for check in every if check.rejects)
    frame = with_clean_text(frame, table)
    frame = with_typed_values(frame, table, as_of)
    frame = _with_failures(frame, table, checks)
    frame = with_normal_forms(frame, table, phone_region, engine)
    # Kept before rows are compared with each other, since that takes more than one look at all of them.
    frame = engine.persist(frame)
    frame = engine.with_marks(
        frame,
        SEQUENCE,
        compared_columns(table),
        lambda rows: with_orphans(with_duplicates(rows, table, engine), table, accepted, engine),
    )
    references = tuple(reference_checks(table, labels))
    softened = [check for check in (*every, *references) if not check.rejects]
    findings = (*softened, *cell_findings(table))
    return Evaluated(table, frame, checks, key_check(table), references, findings)


def _with_failures(frame: Frame, table: Table, checks: Sequence[Check]) -> Frame:
    """Add whether a row fails by itself, and in which check or joint look that was seen."""
    seen_by = {flag(no): check.failed for no, check in enumerate(checks) if joint_look_of(check) is None}
    seen_by |= {seen(name): look for name, look in joint_looks(table).items()}
    any_failure = nw.any_horizontal(*(nw.col(name) for name in seen_by), ignore_nulls=True)
    return frame.with_columns(**seen_by).with_columns(any_failure.alias(FAILS))
