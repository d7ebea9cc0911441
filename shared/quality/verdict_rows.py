"""Writes down the verdicts of an evaluated table: for each rejected row the first rule it breaks, and the findings."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import narwhals as nw
import pyarrow as pa

from shared.domain.verdicts import VERDICTS, Outcome
from shared.frames.literals import nothing, word
from shared.quality.checks import joint_look_of
from shared.quality.keys import passes
from shared.quality.names import FAILS, KEPT, ORPHAN, delivered, flag, seen
from shared.quality.prepare import is_repaired
from shared.readers.rows import FAULTS, FILE, RAGGED_FAULT, ROW_NO, WHOLE_ROW, file_of, row_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.contracts.model import Table
    from shared.frames.engine import Engine, Frame
    from shared.quality.checks import Check
    from shared.quality.evaluate import Evaluated

PREVIEW_CHARACTERS = 200
_VERDICT = "_verdict"
_HIDDEN = "(not shown)"
_EMPTY = "_empty"
_BLANK = nw.col(FILE).str.slice(0, 0).alias(_EMPTY)


def verdict_rows(evaluated: Evaluated, labels: Mapping[str, str], files: Sequence[str], engine: Engine) -> Frame:
    """Return one row for each rejected row, and one for each finding on a row that stays.

    ``labels`` names the tables for people, ``files`` the job's files by number. ``also`` lists what is wrong with a
    rejected row, all of it, as ``column:rule`` separated by commas.
    """
    parts = [_rejected(evaluated, labels, files, engine)]
    parts += [_found(evaluated, finding) for finding in evaluated.findings]
    return nw.concat(parts, how="vertical")


def _rejected(evaluated: Evaluated, labels: Mapping[str, str], files: Sequence[str], engine: Engine) -> Frame:
    table, checks = evaluated.table, evaluated.checks
    rows = evaluated.frame.filter(~passes()).with_columns(_BLANK)
    rows, failing = _with_details(rows, checks, engine)
    rows = rows.with_columns(_all_failures([(no, checks[no]) for no in failing]).alias("also"))
    rows = rows.with_columns(_without_consequences(nw.col("also")))
    rows = rows.with_columns(_verdict(table).alias(_VERDICT))
    rows = engine.look_up(rows, engine.from_arrow(_catalogue(table, checks, labels)), [_VERDICT])
    named = {*table.key, *(rule.column for rule in table.rules), *(checks[no].column for no in failing)}
    duplicate = ~nw.col(KEPT).is_null()
    return rows.select(
        nw.col(FILE),
        nw.col(ROW_NO),
        nw.col("outcome"),
        nw.col("column"),
        nw.col("rule"),
        _value(table, [name for name in table.columns if name in named]).alias("value"),
        _message().alias("message"),
        nw.when(nw.col(FAILS)).then(nw.col("also")).alias("also"),
        _key(table).alias("key"),
        nw.when(duplicate).then(_file_name(files)).alias("repeats_file"),
        nw.when(duplicate).then(row_of(nw.col(KEPT))).alias("repeats_row_no"),
    )


def _with_details(rows: Frame, checks: Sequence[Check], engine: Engine) -> tuple[Frame, list[int]]:
    """Add in which check itself a row fails where only a joint look was taken; returns the checks that may fail.

    Where a frame is computed at once, those that fail nowhere are left out: most do.
    """
    numbered = list(enumerate(checks))
    alone = [no for no, check in numbered if joint_look_of(check) is None]
    looks = sorted({look for _, check in numbered if (look := joint_look_of(check))})
    if engine.eager:
        occurring = _occurring(rows, [*map(flag, alone), *map(seen, looks)], engine)
        alone = [no for no in alone if flag(no) in occurring]
        looks = [look for look in looks if seen(look) in occurring]
    jointly = [no for no, check in numbered if joint_look_of(check) in looks]
    if jointly:
        rows = rows.with_columns(**{flag(no): checks[no].failed for no in jointly})
    if engine.eager:
        occurring = _occurring(rows, list(map(flag, jointly)), engine)
        jointly = [no for no in jointly if flag(no) in occurring]
    return rows, sorted(alone + jointly)


def _occurring(rows: Frame, names: Sequence[str], engine: Engine) -> set[str]:
    """Return those of these boolean columns that are true in any row."""
    if not names:
        return set()
    counted = engine.to_arrow(rows.select(*(nw.col(name).any() for name in names)))
    return {name for name, occurs in counted.to_pylist()[0].items() if occurs}


def _verdict(table: Table) -> nw.Expr:
    """Name the verdict of a row as ``column:rule``: the first failing check, else the duplicate, else the reference."""
    file = nw.col(FILE)
    key = word(_name(table.key[0], "duplicate"), file)
    for number, rule in enumerate(table.rules):
        dangling = nw.col(ORPHAN) == number
        key = nw.when(dangling).then(word(_name(rule.column, "reference"), file)).otherwise(key)
    return nw.when(nw.col(FAILS)).then(nw.col("also").str.replace_all(",.*$", "")).otherwise(key)


def _name(column: str, rule: str) -> str:
    return f"{column}:{rule}"


def _catalogue(table: Table, checks: Sequence[Check], labels: Mapping[str, str]) -> pa.Table:
    """Return the verdicts that :func:`_verdict` names."""
    rows = [(check.outcome.value, check.column, check.rule, check.message) for check in checks]
    label = " and ".join(table.columns[name].label for name in table.key)
    rows.append((Outcome.DUPLICATE.value, table.key[0], "duplicate", VERDICTS["duplicate"].message(label)))
    for rule in table.rules:
        message = VERDICTS["reference"].message(table.columns[rule.column].label, labels[rule.target[0]])
        rows.append((Outcome.QUARANTINED.value, rule.column, "reference", message))
    outcome, column, rule_name, message_text = zip(*rows, strict=True)
    return pa.table(
        {
            _VERDICT: pa.array([_name(*names) for names in zip(column, rule_name, strict=True)]),
            "outcome": pa.array(outcome),
            "column": pa.array(column),
            "rule": pa.array(rule_name),
            "message": pa.array(message_text),
        }
    )


def _value(table: Table, names: Sequence[str]) -> nw.Expr:
    """Return the text of the cell that the verdict names, shortened, and hidden where it is a secret."""

    def choose(others: nw.Expr, name: str) -> nw.Expr:
        return nw.when(nw.col("column") == name).then(_shown(table, name)).otherwise(others)

    return reduce(choose, names, nothing(nw.col(FILE)))


def _shown(table: Table, name: str, *, as_delivered: bool = False) -> nw.Expr:
    column = table.columns[name]
    cell = nw.col(delivered(name) if as_delivered and is_repaired(column) else name).str.slice(0, PREVIEW_CHARACTERS)
    return nw.when(~cell.is_null()).then(word(_HIDDEN, nw.col(FILE))) if column.pii == "secret" else cell


def _all_failures(failing: Sequence[tuple[int, Check]]) -> nw.Expr:
    """Join the failures of a row as ``column:rule``, each followed by a comma."""
    if not failing:
        return nothing(nw.col(FILE))
    texts = [
        (no, nw.concat_str(nw.lit(_name(check.column, check.rule) + ","), nw.col(_EMPTY))) for no, check in failing
    ]
    return nw.concat_str(*(nw.when(nw.col(flag(no))).then(text) for no, text in texts), ignore_nulls=True)


def _without_consequences(also: nw.Expr) -> nw.Expr:
    """Leave only the first failure of a row that could not be read: its values seem to be missing, but are not."""
    unread = nw.col(FAULTS).str.starts_with(WHOLE_ROW)
    return nw.when(unread).then(also.str.replace_all(",.*$", ",")).otherwise(also).alias("also")


def _message() -> nw.Expr:
    """Return what is said of a row, and of a ragged one also how many cells it has."""
    message, counts = nw.col("message"), nw.col(FAULTS).str.slice(len(RAGGED_FAULT))
    return nw.when(nw.col("rule") == "ragged").then(nw.concat_str(message, counts)).otherwise(message)


def _key(table: Table) -> nw.Expr:
    parts = [nw.col(name).fill_null("").str.slice(0, PREVIEW_CHARACTERS) for name in table.key]
    return nw.concat_str(*parts, separator="|") if len(parts) > 1 else parts[0]


def _file_name(files: Sequence[str]) -> nw.Expr:
    def choose(others: nw.Expr, number: int) -> nw.Expr:
        return nw.when(file_of(nw.col(KEPT)) == number).then(word(files[number], nw.col(FILE))).otherwise(others)

    return reduce(choose, range(len(files)), nothing(nw.col(FILE)))


def _found(evaluated: Evaluated, finding: Check) -> Frame:
    """Return one row for each row that stays although this check says something of it."""
    file, row_no = nw.col(FILE), nw.col(ROW_NO)
    return evaluated.frame.filter(passes() & finding.failed).select(
        file,
        row_no,
        word(finding.outcome.value, file).alias("outcome"),
        word(finding.column, file).alias("column"),
        word(finding.rule, file).alias("rule"),
        _shown(evaluated.table, finding.column, as_delivered=True).alias("value"),
        word(finding.message, file).alias("message"),
        nothing(file).alias("also"),
        _key(evaluated.table).alias("key"),
        nothing(file).alias("repeats_file"),
        nothing(row_no).alias("repeats_row_no"),
    )
