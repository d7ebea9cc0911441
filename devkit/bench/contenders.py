"""Who takes part: Strata on each of its engines, and the programs written by hand for the same job."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from shared.bootstrap.memory import share_one_allocator

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    Run = Callable[[Path, datetime, Path], None]


@dataclass(frozen=True, slots=True)
class Contender:
    """A program that cleans a file: its title, the module that holds it, and engine and dataset if it is Strata."""

    title: str
    module: str
    engine: str | None = None
    dataset: str = "ecommerce"

    def load(self) -> Run:
        """Import the program and return what runs it: a function of source, as-of time and output folder."""
        if self.engine is None:
            run: Run = import_module(f"devkit.bench.{self.module}").run
            return run
        share_one_allocator()
        import_module(self.engine)
        return partial(import_module(f"devkit.bench.{self.module}").run_on, self.engine, self.dataset)


#: By name, in the order of the table.
CONTENDERS = {
    "strata-pyarrow": Contender("Strata on pyarrow", "ours", "pyarrow"),
    "strata-pandas": Contender("Strata on pandas", "ours", "pandas"),
    "pandas": Contender("pandas by hand", "pandas_peer"),
    "polars": Contender("Polars by hand", "polars_peer"),
    "duckdb": Contender("DuckDB by hand", "duckdb_peer"),
}

#: Strata on files of other kinds, and the library alone that any program would read them with.
ON_OTHER_FILES = {
    "page": Contender("page to Parquet", "ours", "pyarrow", "claims"),
    "page-alone": Contender("lxml", "lxml_alone"),
    "workbook": Contender("workbook to Parquet", "ours", "pyarrow", "appointments"),
    "workbook-alone": Contender("calamine", "calamine_alone"),
}
