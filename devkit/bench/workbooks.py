"""Measures the two workbooks of a report of claims beside a bare writer that is given the same cells."""

from __future__ import annotations

import time
from datetime import UTC
from decimal import Decimal
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import xlsxwriter

from devkit.bench.rules import JOB_ID, LOADED_AT, TOKEN_KEY, USER_ID
from devkit.samples.claims import generate
from shared.datasets.catalogue import load_dataset
from shared.datasets.claims import exports
from shared.datasets.exporting import UploadFacts
from shared.frames.engine import get_engine
from shared.frames.values import to_token
from shared.medallion import bronze, silver
from shared.medallion.context import RunContext
from shared.writers.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_NOW = LOADED_AT.replace(tzinfo=UTC)


class ReadRows:
    """The rows of a report as :class:`~shared.datasets.exporting.JobRows`, read and judged once."""

    facts = UploadFacts(JOB_ID, USER_ID, None, _NOW, ("report.html",), ("html",))

    def __init__(self, page: bytes) -> None:
        dataset, engine = load_dataset("claims"), get_engine("pyarrow")
        read = bronze.read_dataset(dataset, [bronze.SourceFile("report.html", page)])
        self._extracted = dict(read.tables)
        frames = {name: engine.from_arrow(table) for name, table in read.tables.items()}
        context = RunContext(JOB_ID, "run", USER_ID, _NOW, _NOW, TOKEN_KEY)
        result = silver.refine(dataset.contract, frames, ["report.html"], context, engine, told=read.findings)
        self._accepted = {name: engine.to_arrow(frame) for name, frame in result.frames.items()}

    def extracted(self, table: str) -> pa.Table:
        """Return the rows of a table as they were read."""
        return self._extracted[table]

    def accepted(self, table: str) -> pa.Table:
        """Return the silver rows of a table."""
        return self._accepted[table]

    def as_sent(self) -> pa.Table:
        """Return no rows: a page has none in rows and columns."""
        return pa.table({"row": pa.array([], pa.int64()), "data": pa.array([], pa.string())})

    def tokens(self, values: pa.Array) -> pa.Array:
        """Return the tokens of personal texts."""
        return to_token(TOKEN_KEY)(values)


def measure_workbooks(claims: int, rounds: int) -> list[tuple[float, float]]:
    """Return for each round the seconds that Strata takes, and a bare writer that has its cells ready."""
    rows = ReadRows(generate(claims, fault_rate=0).page)
    cells = [(table.column_names, _as_python(table)) for table in _workbooks(rows)]
    _seconds(lambda: _write_ours(rows)), _seconds(lambda: _write_bare(cells))
    return [(_seconds(lambda: _write_ours(rows)), _seconds(lambda: _write_bare(cells))) for _ in range(rounds)]


def _workbooks(rows: ReadRows) -> Iterable[pa.Table]:
    return (table for name, table in exports.files(rows) if name.endswith(".xlsx"))


def _write_ours(rows: ReadRows) -> None:
    for table in _workbooks(rows):
        with TemporaryFile() as file:
            write_workbook(table, "Sheet1", file, _NOW)


def _write_bare(books: Iterable[tuple[list[str], list[tuple[Any, ...]]]]) -> None:
    for names, lines in books:
        with TemporaryFile() as file, xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            page, date = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
            money = book.add_format({"num_format": "0.00"})
            for place, name in enumerate(names):
                page.write_string(0, place, name)
            for row, line in enumerate(lines, 1):
                for place, value in enumerate(line):
                    if value is None:
                        continue
                    if isinstance(value, str):
                        page.write_string(row, place, value)
                    elif isinstance(value, bool):
                        page.write_boolean(row, place, value)
                    elif isinstance(value, float):
                        page.write_number(row, place, value, money)
                    elif isinstance(value, int):
                        page.write_number(row, place, value)
                    else:
                        page.write_datetime(row, place, value, date)


def _as_python(table: pa.Table) -> list[tuple[Any, ...]]:
    columns = (
        [float(value) if isinstance(value, Decimal) else value for value in column.to_pylist()]
        for column in table.columns
    )
    return list(zip(*columns, strict=True))


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
