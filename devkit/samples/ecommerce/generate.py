"""Generates a sample: makes records one by one, puts faults into them, and works out the answer key."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from devkit.samples.answer_key import InjectedFault
from devkit.samples.ecommerce.answers import answer
from devkit.samples.ecommerce.faults import ABSENT, COLUMNS, FaultKind, cell_faults
from devkit.samples.ecommerce.records import REFERENCES, Record, RecordMaker

if TYPE_CHECKING:
    from collections.abc import Collection

    from devkit.samples.ecommerce.sample import Sample

#: The as-of time (UTC) of samples where no other is asked for.
AS_OF = datetime(2026, 1, 15, 12)

#: Faults of a whole object, beside those of its cells.
DUPLICATE, MISSING_ENTITY, NOT_AN_OBJECT, NOT_A_RECORD = "duplicate", "missing_entity", "not_an_object", "not_a_record"
#: Faults of a file's structure, which a reader with a fixed schema cannot read past.
STRUCTURAL = frozenset({NOT_AN_OBJECT, NOT_A_RECORD})

#: How often a faulty row gets one more fault, so that the order of the checks matters.
_ONE_MORE = 0.25


def generate(
    records: int, seed: int = 1, fault_rate: float = 0.05, as_of: datetime = AS_OF, without: Collection[str] = ()
) -> Sample:
    """Make ``records`` e-commerce records, the same for the same arguments.

    ``fault_rate`` is the share of the objects into which a fault is put; each kind takes its turn, so that a
    thousand records carry all of them. ``as_of`` is the job's time that the answers hold for (UTC). ``without``
    names kinds of faults to leave out.
    """
    as_of = as_of.replace(tzinfo=None)
    rng = Random(seed)  # noqa: S311 - samples must be repeatable, not secret
    maker = RecordMaker(rng, as_of)
    saboteur = _Saboteur(rng, as_of, frozenset(without))
    made = [saboteur.spoil(number, maker.make(), fault_rate) for number in range(1, records + 1)]
    return answer(made, saboteur.faults)


class _Saboteur:
    """Puts faults into records and remembers which."""

    def __init__(self, rng: Random, as_of: datetime, without: frozenset[str]) -> None:
        self.faults: list[InjectedFault] = []
        self._rng = rng
        self._without = without
        self._cells = {table: cell_faults(table, as_of) for table in COLUMNS}
        self._decks = {table: self._shuffled(table, first=True) for table in COLUMNS}
        self._untouched: dict[str, list[tuple[str, str]]] = {table: [] for table in COLUMNS}

    def spoil(self, number: int, record: Record, fault_rate: float) -> Any:
        """Return the record with its faults, or what stands in its place."""
        for table in COLUMNS:
            if self._rng.random() >= fault_rate:
                row = record[table]
                self._untouched[table].append((row["id"], row["create_time"]))
                continue
            kind = self._next_kind(table)
            if kind == NOT_A_RECORD:
                self._note(number, "user", "id", kind, "record")
                return self._rng.choice(("a text", 5, None, ["user"]))
            self._strike(number, record, table, kind)
        return record

    def _strike(self, number: int, record: Record, table: str, kind: FaultKind | str) -> None:
        if isinstance(kind, FaultKind):
            self._strike_cells(number, record[table], table, kind)
        elif kind == DUPLICATE:
            self._repeat(number, record, table)
        elif kind == MISSING_ENTITY:
            self._note(number, table, "id", kind, None)
            if self._rng.random() < 0.5:
                record[table] = None
            else:
                del record[table]
        else:
            self._note(number, table, "id", kind, "object")
            record[table] = self._rng.choice(("text", 7, [record[table]], True))

    def _strike_cells(self, number: int, row: Record, table: str, kind: FaultKind) -> None:
        """Spoil one cell, and sometimes others: never the same cell twice."""
        struck: set[str] = set()
        more = True
        while more:
            free = [column for column in kind.columns if column not in struck]
            if free:
                column = self._rng.choice(free)
                struck.add(column)
                value = kind.spoil(self._rng, row[column])
                if value is ABSENT:
                    del row[column]
                else:
                    row[column] = value
                self._note(number, table, kind.reported or column, kind.name, kind.rule)
            more = self._rng.random() < _ONE_MORE
            kind = self._rng.choice([other for other in self._cells[table] if not other.rare])

    def _repeat(self, number: int, record: Record, table: str) -> None:
        """Give the object the id of an earlier one, with a later, an earlier, or the same time of creation."""
        known = self._untouched[table]
        if not known:
            return
        old_id = record[table]["id"]
        new_id, created = self._rng.choice(known)
        shift = timedelta(microseconds=self._rng.choice((-1, 0, 1)))
        moment = (datetime.fromisoformat(created) + shift).isoformat(" ", "microseconds")
        record[table].update(id=new_id, create_time=moment)
        for referring, column, target in REFERENCES:
            row = record.get(referring)
            if target == table and isinstance(row, dict) and row.get(column) == old_id:
                row[column] = new_id
        self._note(number, table, "id", DUPLICATE, "duplicate")

    def _note(self, number: int, table: str, column: str, kind: str, rule: str | None) -> None:
        self.faults.append(InjectedFault(number, table, column, kind, rule))

    def _next_kind(self, table: str) -> FaultKind | str:
        if not self._decks[table]:
            self._decks[table] = self._shuffled(table, first=False)
        return self._decks[table].popleft()

    def _shuffled(self, table: str, *, first: bool) -> deque[FaultKind | str]:
        """Return every kind of fault once, in random order; the rare ones only the first time."""
        kinds: list[FaultKind | str] = [kind for kind in self._cells[table] if first or not kind.rare]
        kinds += [DUPLICATE, MISSING_ENTITY, NOT_AN_OBJECT]
        if first and table == "user":
            kinds.append(NOT_A_RECORD)
        kinds = [kind for kind in kinds if (kind if isinstance(kind, str) else kind.name) not in self._without]
        self._rng.shuffle(kinds)
        return deque(kinds)
