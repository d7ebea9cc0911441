"""The datasets that exist: each folder here with a ``dataset.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

from shared.contracts.load import load_contract
from shared.datasets.gold_table import GoldTable, as_it_is, declared
from shared.datasets.named_sql import NamedQuery, parse_sql
from shared.errors import InvalidRequestError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

    from shared.contracts.model import Contract
    from shared.datasets.exporting import Exports
    from shared.datasets.extraction import Completion, OwnCount, OwnReader
    from shared.readers.original_rows import OwnRows


@dataclass(frozen=True)
class Dataset:
    """A dataset's folder, read: its contract, and on demand its gold functions, views and queries."""

    contract: Contract
    folder: Traversable

    @cached_property
    def gold(self) -> tuple[GoldTable, ...]:
        """The gold tables in the contract's order: silver itself, or what the functions of ``gold.py`` make of it.

        Imports that module, and with it the frame library.
        """
        if self.contract.publishes_silver:
            return tuple(map(as_it_is, self.contract.tables))
        names = self.contract.gold
        module = import_module(f"{__package__}.{self.contract.dataset}.gold")
        return tuple(declared(name, getattr(module, name), frozenset(names)) for name in names)

    @cached_property
    def own_reader(self) -> OwnReader | None:
        """How the dataset reads files by itself, None of most. Imports the module, and with it the frame library."""
        if not self.contract.own:
            return None
        reader: OwnReader = import_module(f"{__package__}.{self.contract.dataset}.extract").read_file
        return reader

    @cached_property
    def exports(self) -> Exports | None:
        """What the dataset hands out besides gold, None of most. Imports the module, and with it the frame library."""
        if not (self.folder / "exports.py").is_file():
            return None
        exports: Exports = import_module(f"{__package__}.{self.contract.dataset}.exports")
        return exports

    @property
    def own_rows(self) -> OwnRows | None:
        """How the dataset makes rows of files by itself, without what it notices on the way."""
        reader = self.own_reader
        return None if reader is None else lambda data, filename, number: reader(data, filename, number).tables

    @cached_property
    def completion(self) -> Completion | None:
        """What the dataset adds to rows that it does not read by itself, None of most."""
        if not self.contract.own:
            return None
        complete: Completion = import_module(f"{__package__}.{self.contract.dataset}.extract").complete
        return complete

    @cached_property
    def own_count(self) -> OwnCount | None:
        """How the records of such files are counted, without the frame library."""
        if not self.contract.own:
            return None
        count: OwnCount = import_module(f"{__package__}.{self.contract.dataset}.count").count_records
        return count

    def holder_of(self, table: str) -> GoldTable | None:
        """Return the gold table that has a row for each row of a silver table, if there is one."""
        return next((gold for gold in self.gold if gold.holds == table), None)

    @cached_property
    def views(self) -> Mapping[str, str]:
        """The text of each view by its name."""
        return self._sql[0]

    @cached_property
    def queries(self) -> tuple[NamedQuery, ...]:
        """The business queries."""
        return self._sql[1]

    @cached_property
    def _sql(self) -> tuple[dict[str, str], tuple[NamedQuery, ...]]:
        source = self.folder / "queries.sql"
        return parse_sql(source.read_text("utf-8"), self.contract.dataset) if source.is_file() else ({}, ())


@cache
def dataset_names() -> tuple[str, ...]:
    """Return the names of all datasets, sorted."""
    folders = files(__package__).iterdir()
    return tuple(sorted(folder.name for folder in folders if (folder / "dataset.yaml").is_file()))


@cache
def load_dataset(name: str) -> Dataset:
    """Return a dataset; raises :class:`NotFoundError` (``unknown_dataset``) naming those that exist."""
    if name not in dataset_names():
        known = ", ".join(dataset_names())
        raise NotFoundError(
            f"There is no dataset {name!r}.",
            code="unknown_dataset",
            advice=f"Use one of: {known}.",
            known=list(dataset_names()),
        )
    folder = files(__package__) / name
    contract = load_contract((folder / "dataset.yaml").read_text("utf-8"), origin=f"{name}/dataset.yaml")
    return Dataset(contract, folder)


def dataset_of_table(table: str, dataset: str | None = None) -> str:
    """Return the dataset that takes files of a table, looked for in ``dataset`` or in all of them.

    Raises :class:`NotFoundError` naming the tables there are, and :class:`InvalidRequestError` when several datasets
    have one of that name.
    """
    contracts = [load_dataset(name).contract for name in ([dataset] if dataset else dataset_names())]
    takes = {one.dataset: [table.name for table in one.tables] for one in contracts if one.files == "per_table"}
    found = [name for name, tables in takes.items() if table in tables]
    if not found:
        known = sorted({name for tables in takes.values() for name in tables})
        advice = f"Use one of: {', '.join(known)}." if known else "Send whole files of this dataset to /api/jobs."
        raise NotFoundError(f"There is no table {table!r}.", code="unknown_table", advice=advice, known=known)
    if len(found) > 1:
        raise InvalidRequestError(
            f"Several datasets have a table {table!r}.",
            code="ambiguous_table",
            advice=f"Say which by dataset=, one of: {', '.join(found)}.",
            known=found,
        )
    return found[0]


def all_queries() -> list[NamedQuery]:
    """Return the queries of all datasets, by name."""
    queries = (query for name in dataset_names() for query in load_dataset(name).queries)
    return sorted(queries, key=lambda query: query.name)
