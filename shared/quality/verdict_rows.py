"""Writes down the verdicts of an evaluated table: for each rejected row the first rule it breaks, and the findings."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import narwhals as nw
import pyarrow as pa

from shared.frames.literals import nothing, word
from shared.quality.checks import joint_look_of
from shared.quality.keys import passes
from shared.quality.names import COLUMN, FAILS, KEPT, MESSAGE, ORPHAN, OUTCOME, RULE, dangling, flag, seen
from shared.quality.shown_cells import key_cells, named_cell, shown_cell
from shared.quality.told_rows import told_rows
from shared.readers.rows import (
    COLUMNS_FAULT,
    FAULTS,
    FILE,
    RAGGED_FAULT,
    ROW_NO,
    SEQUENCE,
    WHOLE_ROW,
    file_of,
    row_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.frames.engine import Engine, Frame
    from shared.quality.checks import Check
    from shared.quality.evaluate import Evaluated

_VERDICT = "_verdict"
_ALSO = "_also"
_EMPTY = "_empty"
#: Rules of which the row's mark says more, and how that mark begins.
_DETAILED = {"ragged": RAGGED_FAULT, "columns": COLUMNS_FAULT}
_BLANK = nw.col(FILE).str.slice(0, 0).alias(_EMPTY)


def verdict_rows(evaluated: Evaluated, files: Sequence[str], told: pa.Table | None, engine: Engine) -> Frame:
    """Return one row for each rejected row, and one for each finding.

    ``files`` are the job's files by number, ``told`` is what the dataset's own reader says of rows. ``also`` lists what
    is wrong with a rejected row, all of it, as ``column:rule``, each followed by a comma.
    """
    parts = [_rejected(evaluated, files, engine)]
    parts += [_found(evaluated, finding) for finding in evaluated.findings]
    if told is not None and told.num_rows:
        parts.append(told_rows(evaluated, told, engine))
    return nw.concat(parts, how="vertical")


def _rejected(evaluated: Evaluated, files: Sequence[str], engine: Engine) -> Frame:
    table, checks = evaluated.table, evaluated.checks
    rows = evaluated.frame.filter(~passes()).with_columns(_BLANK)
    rows, failing, dangling_ones = _with_details(rows, evaluated, engine)
    rows = rows.with_columns(_all_failures([(no, checks[no]) for no in failing]).alias(_ALSO))
    rows = rows.with_columns(_with_references(_without_consequences(nw.col(_ALSO)), dangling_ones).alias(_ALSO))
    rows = rows.with_columns(_verdict(evaluated).alias(_VERDICT))
    rows = engine.look_up(rows, engine.from_arrow(_catalogue(evaluated)), [_VERDICT])
    named = {*table.key, *(rule.column for rule in table.rules), *(checks[no].column for no in failing)}
    duplicate = ~nw.col(KEPT).is_null()
    return rows.select(
        nw.col(FILE),
        nw.col(ROW_NO),
        nw.col(SEQUENCE),
        nw.col(OUTCOME).alias("outcome"),
        nw.col(COLUMN).alias("column"),
        nw.col(RULE).alias("rule"),
        named_cell(table, [name for name in table.columns if name in named]).alias("value"),
        _message().alias("message"),
        nw.when(nw.col(_ALSO) != "").then(nw.col(_ALSO)).alias("also"),
        key_cells(table).alias("key"),
        nw.when(duplicate).then(_file_name(files)).alias("repeats_file"),
        nw.when(duplicate).then(row_of(nw.col(KEPT))).alias("repeats_row_no"),
    )


def _with_details(rows: Frame, evaluated: Evaluated, engine: Engine) -> tuple[Frame, list[int], list[tuple[str, str]]]:
    """Add in which check itself a row fails where only a joint look was taken.

    Returns the checks that may fail by number, and the references for which a row may be rejected, each as its mark and
    its column. Where a frame is computed at once, those that fail nowhere are left out: most do.
    """
    checks = evaluated.checks
    references = [(dangling(no), check.column) for no, check in enumerate(evaluated.references) if check.rejects]
    numbered = list(enumerate(checks))
    alone = [no for no, check in numbered if joint_look_of(check) is None]
    looks = sorted({look for _, check in numbered if (look := joint_look_of(check))})
    if engine.eager:
        names = [*map(flag, alone), *map(seen, looks), *(mark for mark, _ in references)]
        occurring = _occurring(rows, names, engine)
        references = [reference for reference in references if reference[0] in occurring]
        alone = [no for no in alone if flag(no) in occurring]
        looks = [look for look in looks if seen(look) in occurring]
    jointly = [no for no, check in numbered if joint_look_of(check) in looks]
    if jointly:
        rows = rows.with_columns(**{flag(no): checks[no].failed for no in jointly})
    if engine.eager:
        occurring = _occurring(rows, list(map(flag, jointly)), engine)
        jointly = [no for no in jointly if flag(no) in occurring]
    return rows, sorted(alone + jointly), references


def _occurring(rows: Frame, names: Sequence[str], engine: Engine) -> set[str]:
    """Return those of these boolean columns that are true in any row."""
    if not names:
        return set()
    counted = engine.to_arrow(rows.select(*(nw.col(name).any() for name in names)))
    return {name for name, occurs in counted.to_pylist()[0].items() if occurs}


def _verdict(evaluated: Evaluated) -> nw.Expr:
    """Name the verdict of a row: the first failing check, else the duplicate, else the reference."""
    file = nw.col(FILE)
    name = word(evaluated.unique.name, file)
    for number, check in enumerate(evaluated.references):
        name = nw.when(nw.col(ORPHAN) == number).then(word(check.name, file)).otherwise(name)
    return nw.when(nw.col(FAILS)).then(nw.col(_ALSO).str.replace_all(",.*$", "")).otherwise(name)


def _catalogue(evaluated: Evaluated) -> pa.Table:
    """Return the verdicts that :func:`_verdict` names."""
    checks = (*evaluated.checks, evaluated.unique, *evaluated.references)
    return pa.table(
        {
            _VERDICT: pa.array([check.name for check in checks]),
            OUTCOME: pa.array([check.outcome.value for check in checks]),
            COLUMN: pa.array([check.column for check in checks]),
            RULE: pa.array([check.rule for check in checks]),
            MESSAGE: pa.array([check.message for check in checks]),
        }
    )


def _all_failures(failing: Sequence[tuple[int, Check]]) -> nw.Expr:
    """Join the failures of a row as ``column:rule``, each followed by a comma."""
    if not failing:
        return nothing(nw.col(FILE))
    texts = [(no, nw.concat_str(nw.lit(check.name + ","), nw.col(_EMPTY))) for no, check in failing]
    return nw.concat_str(*(nw.when(nw.col(flag(no))).then(text) for no, text in texts), ignore_nulls=True)


def _without_consequences(also: nw.Expr) -> nw.Expr:
    """Leave only the first failure of a row that could not be read: its values seem to be missing, but are not."""
    unread = nw.col(FAULTS).str.starts_with(WHOLE_ROW)
    return nw.when(unread).then(also.str.replace_all(",.*$", ",")).otherwise(also)


def _with_references(also: nw.Expr, references: Sequence[tuple[str, str]]) -> nw.Expr:
    """Add the references of a row that name nothing, but not one of a column that fails anyway."""
    so_far = nw.concat_str(nw.lit(","), nw.col(_EMPTY), also, ignore_nulls=True)
    texts = []
    for mark, column in references:
        fails_anyway = so_far.str.contains(f",{column}:", literal=True)
        text = nw.concat_str(nw.lit(f"{column}:reference,"), nw.col(_EMPTY))
        texts.append(nw.when(nw.col(mark) & ~fails_anyway).then(text))
    return nw.concat_str(also, *texts, ignore_nulls=True) if texts else also


def _message() -> nw.Expr:
    """Return what is said of a row, and also what its mark says where that is more."""
    message = nw.col(MESSAGE)
    for rule, mark in _DETAILED.items():
        detailed = nw.concat_str(nw.col(MESSAGE), nw.col(FAULTS).str.slice(len(mark)))
        message = nw.when(nw.col(RULE) == rule).then(detailed).otherwise(message)
    return message


def _file_name(files: Sequence[str]) -> nw.Expr:
    def choose(others: nw.Expr, number: int) -> nw.Expr:
        return nw.when(file_of(nw.col(KEPT)) == number).then(word(files[number], nw.col(FILE))).otherwise(others)

    return reduce(choose, range(len(files)), nothing(nw.col(FILE)))


def _found(evaluated: Evaluated, finding: Check) -> Frame:
    """Return one row for each row of which this finding says something."""
    file, row_no = nw.col(FILE), nw.col(ROW_NO)
    told = finding.failed if finding.speaks_of_all_rows else passes() & finding.failed
    return evaluated.frame.filter(told).select(
        file,
        row_no,
        nw.col(SEQUENCE),
        word(finding.outcome.value, file).alias("outcome"),
        word(finding.column, file).alias("column"),
        word(finding.rule, file).alias("rule"),
        shown_cell(evaluated.table, finding.column, as_delivered=True).alias("value"),
        word(finding.message, file).alias("message"),
        nothing(file).alias("also"),
        key_cells(evaluated.table).alias("key"),
        nothing(file).alias("repeats_file"),
        nothing(row_no).alias("repeats_row_no"),
    )
