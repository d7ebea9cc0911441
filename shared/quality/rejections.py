"""Rejected rows with all that is wrong with each, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.domain.verdicts import REJECTING, VERDICTS, Outcome
from shared.quality.checks import row_checks
from shared.readers.rows import SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from shared.contracts.table import Table

#: Rules that are broken by rows of which the cells could not be told apart.
UNREAD_ROW_RULES = frozenset({"unreadable", "record", "object", "ragged", "quote"})
#: Rules that speak of a row as a whole, although they name a column.
WHOLE_ROW_RULES = UNREAD_ROW_RULES | {"columns"}
_DETAILED_RULES = {"ragged", "columns"}

_REFERENCE = "reference"
_Messages = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with some cells of a row: ``message`` says it of any row, ``detail`` what is so of this one."""

    columns: tuple[str, ...]
    rule: str
    message: str
    detail: str = ""

    @property
    def how_to_fix(self) -> str:
        """What the sender can do about it."""
        verdict = VERDICTS.get(self.rule)
        return verdict.how_to_fix if verdict else ""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not in silver: its place in the job, and its problems, that for which it was rejected first."""

    place: int
    problems: tuple[Problem, ...]

    @property
    def dangling(self) -> tuple[str, ...]:
        """The columns that refer to nothing, if that is all that is wrong with the row."""
        references = [problem for problem in self.problems if problem.rule == _REFERENCE]
        return tuple(problem.columns[0] for problem in references) if len(references) == len(self.problems) else ()


def rejected_rows(
    verdicts: Iterable[Mapping[str, Any]], table: Table, labels: Mapping[str, str], as_of: datetime
) -> list[RejectedRow]:
    """Return the rejected rows among a table's verdicts, in their order.

    ``labels`` names the tables for people, ``as_of`` is the job's time.
    """
    messages = {(check.column, check.rule): check.message for check in row_checks(table, as_of)}
    for rule in table.rules:
        told = VERDICTS[_REFERENCE].message(table.columns[rule.column].label, labels[rule.target[0]])
        messages[rule.column, _REFERENCE] = told
    rejecting = {outcome.value for outcome in REJECTING}
    return [
        RejectedRow(verdict[SEQUENCE], tuple(_problems(verdict, table, messages)))
        for verdict in verdicts
        if verdict["outcome"] in rejecting
    ]


def _problems(verdict: Mapping[str, Any], table: Table, messages: _Messages) -> Iterable[Problem]:
    column, rule, message = verdict["column"], verdict["rule"], verdict["message"]
    if verdict["outcome"] == Outcome.DUPLICATE.value:
        repeated = f"It repeats row {verdict['repeats_row_no']} of {verdict['repeats_file']}."
        yield Problem(table.key, rule, message, repeated)
        return
    general, _, detail = message.rpartition(": ") if rule in _DETAILED_RULES else (message, "", "")
    yield Problem((column,), rule, f"{general.rstrip('.')}.", detail)
    for failure in filter(None, (verdict["also"] or "").split(",")):
        another, _, broken = failure.partition(":")
        if (another, broken) != (column, rule):
            yield Problem((another,), broken, messages.get((another, broken), VERDICTS[broken].title))
