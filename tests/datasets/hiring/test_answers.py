"""The answers are exactly those known for the hires, in whatever form their files come."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from shared.adapters.warehouses.duckdb import DuckDBWarehouse
from shared.datasets.catalogue import load_dataset
from shared.frames.engine import get_engine
from shared.medallion.bronze import SourceFile
from shared.ports import Selection, TableLoad, WarehouseLoad
from shared.services.explore import Explorer
from tests.datasets.hiring.copies import DATA, FORMS, HEADERS, NUMBERS, TABLES, rows_of
from tests.outcome import CONTEXT, Outcome, outcome

if TYPE_CHECKING:
    import pyarrow as pa

HIRING = load_dataset("hiring")
LINES_HASH = "462818682120715708c921cc06813c231c9a5492c21494f1de0768290ae1334f"
ABOVE_MEAN = [
    {"id": 8, "department": "Support", "hired": 216},
    {"id": 5, "department": "Engineering", "hired": 205},
    {"id": 6, "department": "Human Resources", "hired": 201},
    {"id": 7, "department": "Services", "hired": 200},
    {"id": 4, "department": "Business Development", "hired": 185},
    {"id": 3, "department": "Research and Development", "hired": 148},
    {"id": 9, "department": "Marketing", "hired": 142},
]


@dataclass(frozen=True)
class Loaded:
    """The hires in one form: what the rules made of them, and the warehouse that they were loaded into."""

    form: str
    outcome: Outcome
    explorer: Explorer

    def ask(self, query: str, year: int = 2021) -> list[dict[str, Any]]:
        return self.explorer.run(query, {"year": str(year)}).to_pylist()


@pytest.fixture(scope="module", params=FORMS)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    files = [SourceFile(f"{table}.file", content, table) for table, content in FORMS[request.param]().items()]
    found = outcome("hiring", get_engine("pyarrow"), *files)
    warehouse = DuckDBWarehouse(tmp_path_factory.mktemp("hires") / "warehouse.duckdb")
    tables = tuple(TableLoad(table.name, table.key, "upsert", found.gold[table.name]) for table in HIRING.gold)
    warehouse.load(WarehouseLoad("job", "run", "user", CONTEXT.loaded_at, tables))
    return Loaded(request.param, found, Explorer(warehouse, CONTEXT.token_key))


def test_every_row_is_read_and_the_incomplete_are_quarantined(loaded: Loaded) -> None:
    counts = {table: (one.read, one.silver, one.quarantined) for table, one in loaded.outcome.ledger.items()}
    assert counts == {"departments": (12, 12, 0), "jobs": (183, 183, 0), "hired_employees": (1999, 1929, 70)}
    assert all(balance.balances for balance in loaded.outcome.ledger.values())


def test_each_incomplete_row_says_which_value_is_missing(loaded: Loaded) -> None:
    verdicts = loaded.outcome.verdicts["hired_employees"].to_pylist()
    assert Counter((row["column"], row["rule"]) for row in verdicts if row["outcome"] == "quarantined") == {
        ("name", "required"): 19,
        ("datetime", "required"): 14,
        ("department_id", "required"): 21,
        ("job_id", "required"): 16,
    }


def test_the_rows_are_the_same_in_every_form(loaded: Loaded) -> None:
    files = [SourceFile(table, content, table) for table, content in FORMS["canonical"]().items()]
    plain = outcome("hiring", get_engine("pyarrow"), *files)
    for table in TABLES:
        assert by_number(loaded.outcome.gold[table]) == by_number(plain.gold[table])


def by_number(table: pa.Table) -> list[dict[str, Any]]:
    return table.sort_by("id").to_pylist()


def test_a_number_written_as_a_fraction_is_a_repair_that_is_reported(loaded: Loaded) -> None:
    findings = {
        table: Counter(row["column"] for row in verdicts.to_pylist() if row["rule"] == "integer_text")
        for table, verdicts in loaded.outcome.verdicts.items()
    }
    repaired = {
        table: {
            HEADERS[table][place]: sum(bool(row[place]) for row in rows_of(FORMS["canonical"]()[table]))
            for place in NUMBERS[table]
        }
        for table in TABLES
    }
    assert findings == (repaired if loaded.form == "float numbers" else {table: {} for table in TABLES})


def test_hires_by_quarter_are_exactly_those_known(loaded: Loaded) -> None:
    rows = loaded.ask("quarterly_hires")
    lines = "".join(",".join(str(cell) for cell in row.values()) + "\n" for row in rows)
    assert list(rows[0]) == ["department", "job", "q1", "q2", "q3", "q4"]
    assert hashlib.sha256(lines.encode()).hexdigest() == LINES_HASH
    assert lines.splitlines() == (DATA / "quarterly_2021.csv").read_text("utf-8").splitlines()[1:]
    assert [sum(row[quarter] for row in rows) for quarter in ("q1", "q2", "q3", "q4")] == [249, 454, 453, 487]


def test_the_departments_above_the_mean_are_exactly_those_known(loaded: Loaded) -> None:
    assert loaded.ask("departments_above_mean") == ABOVE_MEAN


def test_another_year_has_answers_of_its_own(loaded: Loaded) -> None:
    rows = loaded.ask("quarterly_hires", 2022)
    assert (sum(row["q1"] for row in rows), sum(row["q2"] + row["q3"] + row["q4"] for row in rows)) == (286, 0)
    assert [row["id"] for row in loaded.ask("departments_above_mean", 2022)] == [6, 5, 7, 8, 4, 10, 3]
    assert loaded.ask("quarterly_hires", 2020) == []
    assert loaded.ask("departments_above_mean", 2020) == []


def test_each_department_stands_beside_the_others_and_the_year_before(loaded: Loaded) -> None:
    rows = loaded.ask("department_hires", 2022)
    assert [row["id"] for row in rows] == [6, 5, 7, 8, 4, 10, 3, 9, 2, 11, 12, 1]
    assert sum(row["hired"] for row in rows) == 286
    assert sum(row["share"] for row in rows) == pytest.approx(1, abs=1e-5)
    first = rows[0]
    assert (first["department"], first["place"], first["hired"]) == ("Human Resources", 1, 41)
    assert (first["year_before"], first["difference"]) == (201, -160)
    assert first["share"] == pytest.approx(41 / 286, abs=1e-6)


def test_rows_are_published_under_their_own_names_with_where_they_came_from(loaded: Loaded) -> None:
    rows = loaded.explorer.read("hired_employees", Selection(order_by=["id"], limit=1)).to_pylist()
    lineage = {name: rows[0].pop(name) for name in ("_job_id", "_user_id", "_loaded_at")}
    assert rows[0].pop("datetime").isoformat() == "2021-11-07T02:48:42"
    assert rows == [{"id": 1, "name": "Harold Vogt", "department_id": 2, "job_id": 96}]
    assert lineage["_job_id"] == CONTEXT.job_id
