"""The ledger, the findings and the answers are exactly those known for the appointments, on every engine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from shared.adapters.warehouses.duckdb import DuckDBWarehouse
from shared.datasets.catalogue import load_dataset
from shared.frames.engine import SparkEngine, get_engine
from shared.ports import TableLoad, WarehouseLoad
from shared.services.explore import Explorer
from tests.datasets.appointments.workbooks import known_files
from tests.outcome import CONTEXT, Outcome, assert_same, outcome

if TYPE_CHECKING:
    from pathlib import Path

CONFIRMED = [(100, "Dr. Pérez", 165), (104, "Dr. Martínez", 139), (102, "Dr. Sánchez", 133), (101, "Dr. Gómez", 128),
             (103, "Dr. Rodríguez", 114)]  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """What the rules made of the appointments, and the warehouse that they were loaded into."""

    outcome: Outcome
    explorer: Explorer

    def ask(self, query: str, **parameters: str) -> list[dict[str, Any]]:
        return self.explorer.run(query, parameters).to_pylist()

    def column(self, name: str) -> list[Any]:
        return self.outcome.silver["appointments"][name].to_pylist()


def loaded_into(folder: Path, found: Outcome) -> Loaded:
    warehouse = DuckDBWarehouse(folder / "warehouse.duckdb")
    gold = load_dataset("appointments").gold
    tables = tuple(TableLoad(table.name, table.key, "replace", found.gold[table.name]) for table in gold)
    warehouse.load(WarehouseLoad("job", "run", "user", CONTEXT.loaded_at, tables))
    return Loaded(found, Explorer(warehouse, CONTEXT.token_key))


@pytest.fixture(scope="module", params=["pyarrow", "pandas"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    found = outcome("appointments", get_engine(request.param), *known_files())
    return loaded_into(tmp_path_factory.mktemp("appointments"), found)


def test_every_row_is_in_silver_or_in_quarantine(loaded: Loaded) -> None:
    counts = {table: (one.read, one.silver, one.quarantined) for table, one in loaded.outcome.ledger.items()}
    assert counts == {"doctors": (5, 5, 0), "appointments": (1025, 848, 177)}
    assert all(balance.balances for balance in loaded.outcome.ledger.values())


def test_each_rule_speaks_of_exactly_the_rows_known(loaded: Loaded) -> None:
    assert loaded.outcome.rule_counts["appointments"] == {
        "flagged:booking_date:plausible_years": 330,
        "quarantined:doctor_id:reference": 174,
        "repaired:doctor_id:integer_text": 5,
        "quarantined:patient_id:required": 3,
        "repaired:patient_id:integer_text": 3,
        "repaired:id:integer_text": 1,
    }


def test_a_number_is_repaired_and_the_repair_told_also_of_a_rejected_row(loaded: Loaded) -> None:
    verdicts = [row for row in loaded.outcome.verdicts["appointments"].to_pylist() if row["_row_no"] == 38]
    assert {(row["outcome"], row["column"], row["value"], row["key"]) for row in verdicts} == {
        ("quarantined", "patient_id", None, "37"),
        ("repaired", "id", "37X", "37"),
    }


def test_dates_are_kept_over_the_whole_range(loaded: Loaded) -> None:
    assert loaded.outcome.silver["appointments"].schema.field("booking_date").type == pa.timestamp("us")
    days = loaded.column("booking_date")
    assert None not in days
    assert (min(days), max(days)) == (datetime(2025, 10, 20), datetime(2355, 10, 24))
    assert sum(day.year <= 2025 for day in days) == 570


def test_statuses_are_three_words_at_most(loaded: Loaded) -> None:
    assert Counter(loaded.column("status")) == {"confirmed": 679, "cancelled": 169}


def test_the_doctor_with_the_most_confirmed_appointments(loaded: Loaded) -> None:
    assert loaded.ask("top_doctor") == [{"doctor_id": 100, "name": "Dr. Pérez", "specialty": "Vein", "confirmed": 165}]


def test_the_confirmed_history_of_a_patient_who_stands_in_gold_as_a_token(loaded: Loaded) -> None:
    history = loaded.ask("patient_history")
    assert len(history) == 15
    assert [row["booking_date"] for row in history] == sorted(row["booking_date"] for row in history)
    assert history == loaded.ask("patient_history", patient_id=" 34 ")
    assert loaded.ask("patient_history", patient_id="987654") == []
    assert "34" not in loaded.outcome.gold["fact_appointments"]["patient_id"].to_pylist()


def test_cancelled_appointments_between_two_dates(loaded: Loaded) -> None:
    assert loaded.ask("cancelled_between") == [{"cancelled": 67}]
    assert loaded.ask("cancelled_between", start_date="2021-01-01", end_date="2024-12-31") == [{"cancelled": 0}]
    assert loaded.ask("cancelled_between", start_date="2025-10-21", end_date="9999-12-31")[0]["cancelled"] > 67


def test_confirmed_appointments_by_doctor_and_their_share_by_specialty(loaded: Loaded) -> None:
    rows = loaded.ask("confirmed_per_doctor")
    assert [(row["doctor_id"], row["name"], row["confirmed"]) for row in rows] == CONFIRMED
    assert {row["specialty"]: row["specialty_confirmed_percent"] for row in rows} == {"Vein": 81.2268, "Pain": 78.0645}


def test_the_aggregate_agrees_with_the_facts(loaded: Loaded) -> None:
    rows = loaded.outcome.gold["agg_doctor_status"].to_pylist()
    confirmed = {row["doctor_id"]: row["appointments"] for row in rows if row["status"] == "confirmed"}
    assert confirmed == {number: count for number, _, count in CONFIRMED}
    assert sum(row["appointments"] for row in rows) == 848


def test_spark_gives_the_same_rows_and_so_the_same_answers(spark_engine: SparkEngine) -> None:
    on_spark = outcome("appointments", spark_engine, *known_files())
    assert_same(on_spark, outcome("appointments", get_engine("pyarrow"), *known_files()))
