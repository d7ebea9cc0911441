"""Tables may come one at a time: a reference names a row of the same job, or one that was loaded before."""

import pyarrow as pa
import pytest

from shared.frames.engine import get_engine
from shared.medallion.bronze import SourceFile
from tests.outcome import Outcome, outcome

HIRES = SourceFile(
    "hires.csv",
    b"1,Ann,2021-05-30T05:43:46Z,1,7\n2,Bob,2021-05-30T05:43:46Z,2,7\n3,Eve,2021-05-30T05:43:46Z,3,7\n",
    "hired_employees",
)
JOBS = SourceFile("jobs.csv", b"7,Clerk\n", "jobs")
DEPARTMENTS = SourceFile("departments.csv", b"1,Sales\n2,\n", "departments")


def numbers(*values: int) -> pa.Table:
    return pa.table({"id": pa.array(values, pa.int64())})


def judged(engine: str, *files: SourceFile, **loaded: pa.Table) -> Outcome:
    return outcome("hiring", get_engine(engine), *files, loaded=loaded)


def accepted(found: Outcome) -> list[int]:
    return found.silver["hired_employees"]["id"].to_pylist()


@pytest.mark.parametrize("engine", ["pyarrow", "pandas"])
def test_a_row_loaded_before_may_be_referred_to(engine):
    assert accepted(judged(engine, HIRES, jobs=numbers(7), departments=numbers(2, 3))) == [2, 3]
    assert accepted(judged(engine, HIRES, JOBS, departments=numbers(1))) == [1]


@pytest.mark.parametrize("engine", ["pyarrow", "pandas"])
def test_a_row_of_the_same_job_and_one_loaded_before_count_alike_and_once(engine):
    found = judged(engine, HIRES, JOBS, DEPARTMENTS, jobs=numbers(7), departments=numbers(1, 2))
    assert accepted(found) == [1, 2], "department 2 is rejected in this job but was loaded by an earlier one"
    assert found.ledger["hired_employees"].quarantined == 1


def test_a_table_of_which_no_file_came_has_no_rows():
    found = judged("pyarrow", JOBS)
    assert {table: balance.read for table, balance in found.ledger.items()} == {
        "departments": 0,
        "jobs": 1,
        "hired_employees": 0,
    }
