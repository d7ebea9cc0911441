"""Jobs count in the order in which their files were sent, whatever the order in which they are loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.warehouses.duckdb import DuckDBWarehouse
from shared.ports import Replacement, WarehouseLoad
from tests.unit.adapters.warehouses.conftest import contents, load_of, orders

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Sent:
    """A job: its number, which is its order too, what its rows do to others, and its rows."""

    number: int
    mode: Literal["upsert", "replace"]
    rows: dict[str, int]

    def load(self, table: str = "orders", run: str = "run-1", **more: tuple[str, ...]) -> WarehouseLoad:
        job = f"{table}-{self.number}"
        rows = replace(orders(*self.rows.items(), job=job), mode=self.mode, name=table)
        return load_of(rows, job=job, run=run, order=str(self.number), **more)


def kept(warehouse: DuckDBWarehouse, table: str = "orders") -> dict[str, int]:
    return dict(contents(warehouse, table))


def in_their_order(jobs: list[Sent]) -> dict[str, int]:
    table: dict[str, int] = {}
    for job in jobs:
        table = dict(job.rows) if job.mode == "replace" else table | job.rows
    return table


JOBS = st.lists(
    st.tuples(st.sampled_from(["upsert", "replace"]), st.dictionaries(st.sampled_from("abc"), st.integers(1, 9))),
    min_size=2,
    max_size=4,
).map(lambda made: [Sent(number, *parts) for number, parts in enumerate(made)])


@pytest.fixture(scope="module")
def shared_warehouse(tmp_path_factory: pytest.TempPathFactory) -> DuckDBWarehouse:
    folder: Path = tmp_path_factory.mktemp("order")
    return DuckDBWarehouse(folder / "warehouse.duckdb")


@settings(max_examples=12, deadline=None)
@given(JOBS.flatmap(lambda jobs: st.tuples(st.just(jobs), st.permutations([*jobs, *jobs[:2]]))))
def test_late_and_repeated_loads_end_in_the_rows_that_loads_in_order_would_leave(
    shared_warehouse: DuckDBWarehouse, sent: tuple[list[Sent], list[Sent]]
) -> None:
    jobs, as_they_come = sent
    case = f"case_{len(shared_warehouse.tables())}"
    for attempt, job in enumerate(as_they_come):
        shared_warehouse.load(job.load(case, run=f"run-{attempt}"))
    assert kept(shared_warehouse, case) == in_their_order(jobs)


def test_it_is_said_how_many_rows_of_a_late_load_count(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(Sent(2, "upsert", {"b": 2}).load())
    assert warehouse.load(Sent(1, "upsert", {"a": 1, "b": 1}).load()) == {"orders": 1}
    assert kept(warehouse) == {"a": 1, "b": 2}


def test_a_replay_puts_its_rows_behind_those_sent_after_the_job_that_it_replays(warehouse: DuckDBWarehouse) -> None:
    for job in (Sent(1, "replace", {"a": 1, "b": 1}), Sent(2, "upsert", {"b": 2})):
        warehouse.load(job.load())
    replay = replace(Sent(3, "replace", {"b": 3, "c": 3}).load(supersedes=("orders-1",)), order="1")
    warehouse.load(replay)
    assert kept(warehouse) == {"b": 2, "c": 3}


def test_a_replaced_table_takes_nothing_from_a_job_sent_before(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(Sent(2, "replace", {"b": 2}).load())
    assert warehouse.load(Sent(1, "replace", {"a": 1}).load()) == {"orders": 0}
    assert warehouse.replacements() == {"orders": Replacement("orders-2", "2")}
    assert kept(warehouse) == {"b": 2}


def test_where_the_job_that_replaced_it_is_forgotten_it_does(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(Sent(2, "replace", {"b": 2}).load())
    warehouse.forget("orders-2")
    warehouse.load(Sent(1, "replace", {"a": 1}).load())
    assert kept(warehouse) == {"a": 1}
    assert warehouse.replacements() == {"orders": Replacement("orders-1", "1")}


def test_it_can_be_asked_while_something_is_loaded(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(Sent(1, "replace", {"a": 1}).load())
    with warehouse._database.transaction():
        assert warehouse.replacements() == {"orders": Replacement("orders-1", "1")}


def test_a_warehouse_without_anything_has_no_replacements(warehouse: DuckDBWarehouse) -> None:
    assert warehouse.replacements() == {}
