"""What a question about one row means: which dataset's rows, of which tables, with which values of the key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.datasets.catalogue import dataset_names, load_dataset
from shared.errors import InvalidRequestError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.contracts.table import Table
    from shared.datasets.catalogue import Dataset
    from shared.datasets.gold_table import GoldTable
    from shared.frames.engine import BatchFunction


#: In the key of rows that are told apart within their job alone.
_JOB = "_job_id"


@dataclass(frozen=True, slots=True)
class RowSubject:
    """A row as somebody asks for it, by the values of its ``key`` as text.

    ``job_id`` is part of the key too where rows are told apart within a job alone, if it was named. ``table`` is the
    contract's table that such rows come from; None where a row is computed from many. ``gold`` are the warehouse's
    tables with rows of that key. ``as_in_gold`` says that the values are those of gold, where an identifying value is a
    token.
    """

    dataset: Dataset
    name: str
    key: tuple[str, ...]
    table: Table | None
    gold: tuple[GoldTable, ...]
    as_in_gold: bool
    job_id: str | None = None

    @property
    def silver_key(self) -> dict[str, str]:
        """The values by column of the contract's table."""
        return dict(zip(self.table.key, self.key, strict=True)) if self.table else {}

    @property
    def identifiers(self) -> frozenset[str]:
        """The columns of the key that stand in gold as tokens."""
        columns = self.table.columns if self.table else {}
        return frozenset(name for name in self.silver_key if columns[name].pii == "identifier")

    @property
    def written_key(self) -> str | None:
        """The key as it stands with verdicts, where that can be known."""
        return None if self.as_in_gold and self.identifiers else "|".join(self.key)

    def gold_key(self, table: GoldTable, tokenise: BatchFunction) -> dict[str, str]:
        """Return the values by column of a warehouse table."""
        names = [name for name in table.key if name != _JOB]
        job = {_JOB: self.job_id} if self.job_id is not None and _JOB in table.key else {}
        if self.as_in_gold or self.table is None:
            return job | dict(zip(names, self.key, strict=True))
        values = [
            _token(text, tokenise) if name in self.identifiers else text for name, text in self.silver_key.items()
        ]
        return job | dict(zip(names, values, strict=True))


def row_subject(table: str, key: str, dataset: str | None = None, job_id: str | None = None) -> RowSubject:
    """Return what is asked for, by the name of a table of a contract or of the warehouse; ``|`` separates values.

    ``job_id`` is the job of which a row is asked for, if it is of one alone; such a key may also begin with it. Raises
    :class:`NotFoundError` for an unknown table or dataset, and :class:`InvalidRequestError` when several datasets have
    one of that name, or for a key of another number of values.
    """
    datasets = [load_dataset(name) for name in ([dataset] if dataset else dataset_names())]
    found = [(one, *tables) for one in datasets for tables in _tables(one, table)]
    if not found:
        known = sorted({name for one in datasets for name in _names(one)})
        advice = f"Use one of: {', '.join(known)}."
        raise NotFoundError(f"There is no table {table!r}.", code="unknown_table", advice=advice, known=known)
    if len(found) > 1:
        names = [one.contract.dataset for one, *_ in found]
        raise InvalidRequestError(
            f"Several datasets have a table {table!r}.",
            code="ambiguous_table",
            advice=f"Say which by dataset=, one of: {', '.join(names)}.",
            known=names,
        )
    ((of, silver, gold, as_in_gold),) = found
    columns = gold[0].key if as_in_gold else silver.key if silver else ()
    values = dict(zip(columns, _values(table, columns, key), strict=True))
    job_id = values.pop(_JOB, job_id)
    return RowSubject(of, table, tuple(values.values()), silver, gold, as_in_gold, job_id)


def _tables(dataset: Dataset, name: str) -> Iterator[tuple[Table | None, tuple[GoldTable, ...], bool]]:
    """Yield the contract's table and those of the warehouse that a name means in a dataset, at most once."""
    silver = {table.name: table for table in dataset.contract.tables}
    for gold in dataset.gold:
        if gold.name == name:
            yield silver.get(gold.grain or ""), (gold,), name not in silver
            return
    if name in silver:
        yield silver[name], tuple(gold for gold in dataset.gold if gold.grain == name), False


def _names(dataset: Dataset) -> Iterator[str]:
    yield from (table.name for table in dataset.contract.tables)
    yield from (table.name for table in dataset.gold)


def _values(table: str, columns: tuple[str, ...], key: str) -> tuple[str, ...]:
    values = (key,) if len(columns) == 1 else tuple(key.split("|"))
    if len(values) != len(columns):
        raise InvalidRequestError(
            f"The key of {table} has {len(columns)} values, not {len(values)}.",
            code="invalid_key",
            advice=f"Write the values of {', '.join(columns)} with | between them.",
            columns=list(columns),
        )
    return tuple(value.strip() for value in values)


def _token(text: str, tokenise: BatchFunction) -> str:
    # The frame libraries are imported when they are needed, not on the way to the functions.
    import pyarrow as pa  # noqa: PLC0415

    return str(tokenise(pa.array([text]))[0].as_py())
