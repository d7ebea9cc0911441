"""Passports: one row's story, out of the warehouse, of jobs and of the files as they were sent."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from shared.domain.job import JobState
from shared.domain.roles import Principal, Role
from shared.errors import InvalidRequestError, NotFoundError
from shared.services import passport as passports
from shared.services.original_cells import Cell
from shared.services.passport import RowQuestion
from tests.integration.services.conftest import held_by_another_process
from tests.integration.services.hires import DEPARTMENTS, HIRES, JOBS, NAMES, run_hires

if TYPE_CHECKING:
    from devkit.samples.ecommerce import Sample
    from shared.services.passport import Passport
    from tests.integration.services.conftest import Bench

ADMIN, EVE = Principal("admin", Role.ADMIN), Principal("eve", Role.USER)


def tell(bench: Bench, table: str, key: str, caller: Principal = ADMIN, **question: Any) -> Passport:
    return bench.app.passport(RowQuestion(table, key, **question), caller)


def test_a_loaded_row_is_told_from_its_cells_to_the_warehouse(bench: Bench) -> None:
    view = bench.run(b"id;department\r\n 8.0;Legal\r\n", names=("departments.csv",), dataset="hiring")

    passport = tell(bench, "departments", "8")

    (row,) = passport.loaded
    assert (row.table, row.job_id, row.user_id) == ("departments", view.job.job_id, "admin")
    assert row.values == {"id": 8, "department": "Legal"}
    (sighting,) = passport.sightings
    assert (sighting.job, sighting.contract_version, sighting.run_id) == (view.job, 1, view.job.run_id)
    assert (sighting.file, sighting.row, sighting.outcome) == ("departments.csv", 2, "accepted")
    assert sighting.values == {"id": 8, "department": "Legal"}
    assert sighting.original is not None
    assert sighting.original.cells == (
        Cell("id", "Department number", "id", " 8.0"),
        Cell("department", "Department name", "department", "Legal"),
    )
    (repair,) = sighting.verdicts
    assert (repair.outcome, repair.column, repair.rule, repair.value) == ("repaired", "id", "integer_text", "8.0")
    published = next(event for event in view.timeline if event.state == "published")
    assert (sighting.loaded_at, "departments" in sighting.loaded_into) == (published.at, True)
    assert (passport.searched.jobs, passport.searched.older_jobs_left_out, passport.searched.remarks) == (1, False, ())


def test_a_rejected_row_is_told_too(bench: Bench) -> None:
    view = run_hires(bench)

    passport = tell(bench, "hired_employees", "3")

    assert passport.loaded == ()
    (sighting,) = passport.sightings
    assert (sighting.job.job_id, sighting.file, sighting.row) == (view.job.job_id, NAMES[2], 3)
    assert (sighting.outcome, sighting.values, sighting.loaded_at) == ("quarantined", None, None)
    assert [(verdict.column, verdict.rule) for verdict in sighting.verdicts] == [("department_id", "reference")]
    assert sighting.original is not None
    assert [(cell.header, cell.value) for cell in sighting.original.cells or ()] == [
        (None, value) for value in ("3", "Bob", "2021-05-30T05:43:46Z", "9", "7")
    ]


def test_a_key_that_is_no_value_of_its_type_finds_the_row_that_was_rejected_for_it(bench: Bench) -> None:
    bench.run(b"1,Sales\nx,Legal\n", names=("departments.csv",), dataset="hiring")
    (sighting,) = tell(bench, "departments", "x").sightings
    assert [verdict.rule for verdict in sighting.verdicts] == ["type"]


def test_a_duplicate_stands_beside_the_row_that_was_kept(bench: Bench) -> None:
    bench.run(b"1,Sales\n1,Legal\n", names=("departments.csv",), dataset="hiring")
    told = [
        (one.row, one.outcome, one.values and one.values["department"])
        for one in tell(bench, "departments", "1").sightings
    ]
    assert told == [(1, "accepted", "Sales"), (2, "duplicate", None)]


def test_all_jobs_that_had_the_row_are_told_newest_first_with_what_became_of_them(bench: Bench) -> None:
    first = run_hires(bench).job
    replay = bench.app.replay(first.job_id, "ann").job
    bench.work()
    bench.run(b"1,Selling\n", names=("departments.csv",), dataset="hiring")

    passport = tell(bench, "departments", "1")

    newest, *others = passport.sightings
    assert newest.values == {"id": 1, "department": "Selling"}
    assert passport.loaded[0].job_id == newest.job.job_id
    assert [(one.job.job_id, one.job.state) for one in others] == [
        (replay.job_id, JobState.SUCCEEDED_WITH_REJECTS),
        (first.job_id, JobState.SUPERSEDED),
    ]


def test_a_row_of_a_fact_leads_to_the_rows_it_is_made_of(bench: Bench, records: bytes, sample: Sample) -> None:
    bench.run(records)
    gold = bench.rows("dw_users")[0]

    passport = tell(bench, "dw_users", gold["user_id"])

    assert passport.loaded[0].values == gold
    (sighting,) = passport.sightings
    assert (sighting.table, sighting.values and sighting.values["id"]) == ("user", gold["user_id"])
    assert sighting.loaded_into[:1] == ("dw_users",)
    assert tell(bench, "user", gold["user_id"]).loaded == passport.loaded
    assert sighting.row == next(
        number for number, record in enumerate(sample.records, 1) if record["user"]["id"] == gold["user_id"]
    )


def test_secrets_are_not_shown(bench: Bench, records: bytes) -> None:
    bench.run(records)
    passport = tell(bench, "user", bench.rows("dw_users")[0]["user_id"])
    (sighting,) = passport.sightings
    assert sighting.original is not None
    shown = {cell.column: cell.value for cell in sighting.original.cells or ()}
    assert shown["password"] == "(not shown)"
    assert shown["job"]
    assert sighting.values is not None
    assert "password" not in sighting.values


def test_an_aggregate_is_told_without_rows_since_it_has_none_of_its_own(bench: Bench, records: bytes) -> None:
    bench.run(records)
    passport = tell(bench, "dw_user_metrics", bench.rows("dw_user_metrics")[0]["user_id"])
    assert (len(passport.loaded), passport.sightings) == (1, ())
    assert "computed from many rows" in passport.searched.remarks[0]


def test_a_row_of_a_workbook_names_its_sheet(bench: Bench) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "Notes"
    sheet = workbook.create_sheet("Departments 2021")
    for row in (("id", "department"), (1, "Sales")):
        sheet.append(row)
    workbook.save(file := io.BytesIO())
    bench.run(file.getvalue(), names=("departments.xlsx",), dataset="hiring")

    (sighting,) = tell(bench, "departments", "1").sightings

    assert sighting.original is not None
    assert (sighting.original.sheet, sighting.row) == ("Departments 2021", 2)
    assert [cell.value for cell in sighting.original.cells or ()] == ["1", "Sales"]


def test_a_row_out_of_an_archive_is_found_in_the_file_that_it_stood_in(bench: Bench) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for content, name in zip((DEPARTMENTS, JOBS, HIRES), NAMES, strict=True):
            archive.writestr(name, content)
    bench.run(packed.getvalue(), names=("everything.zip",), dataset="hiring")

    (sighting,) = tell(bench, "jobs", "7").sightings

    assert (sighting.file.endswith("jobs.csv"), sighting.row) == (True, 1)
    assert sighting.original is not None
    assert [cell.value for cell in sighting.original.cells or ()] == ["7", "Clerk"]


def test_of_a_row_that_could_not_be_told_apart_no_cell_is_shown(bench: Bench) -> None:
    bench.run(b"1,Sales\n2,Legal,x\n", names=("departments.csv",), dataset="hiring")
    with pytest.raises(NotFoundError):
        tell(bench, "departments", "2")
    (sighting,) = tell(bench, "departments", "").sightings
    assert sighting.original is not None
    assert sighting.original.cells is None
    assert "cannot be told apart" in (sighting.original.problem or "")


def test_without_its_file_a_row_is_told_from_what_was_made_of_it(bench: Bench) -> None:
    view = run_hires(bench)
    bench.app.blobs.delete(bench.app.settings.bronze_container, view.files[0].blob)
    (sighting,) = tell(bench, "departments", "1").sightings
    assert sighting.values == {"id": 1, "department": "Sales"}
    assert sighting.original is not None
    assert sighting.original.problem


def test_users_are_told_of_their_own_rows_alone(bench: Bench) -> None:
    job = run_hires(bench, user_id="ann").job
    for question in ({}, {"job_id": job.job_id}):
        with pytest.raises(NotFoundError):
            tell(bench, "departments", "1", EVE, **question)
    own = run_hires(bench, user_id="eve").job
    passport = tell(bench, "departments", "1", EVE)
    assert {one.job.job_id for one in passport.sightings} == {own.job_id} == {row.job_id for row in passport.loaded}
    assert len(tell(bench, "departments", "1").sightings) == 2


def test_the_search_is_bounded_and_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_hires(bench).job
    bench.run(b"5,Buying\n", names=("departments.csv",), dataset="hiring")
    monkeypatch.setattr(passports, "_MOST_JOBS", 1)

    with pytest.raises(NotFoundError) as refusal:
        tell(bench, "hired_employees", "3")
    assert refusal.value.code == "unknown_row"
    assert (refusal.value.details["jobs"], refusal.value.details["olderJobsLeftOut"]) == (1, True)

    assert len(tell(bench, "hired_employees", "3", job_id=first.job_id).sightings) == 1
    assert len(tell(bench, "departments", "1").sightings) == 1, "the warehouse names the job"


def test_while_the_warehouse_does_not_answer_the_jobs_still_tell(bench: Bench) -> None:
    with held_by_another_process(bench.warehouse_file):
        bench.run(DEPARTMENTS, names=("departments.csv",), dataset="hiring")
        passport = tell(bench, "departments", "1")
    (sighting,) = passport.sightings
    assert (sighting.outcome, sighting.loaded_at, sighting.loaded_into) == ("accepted", None, ())
    assert "warehouse does not answer" in passport.searched.remarks[0]


@pytest.mark.parametrize(
    ("table", "key", "code"),
    [("departmets", "1", "unknown_table"), ("departments", "1", "unknown_row")],
)
def test_what_is_not_there_is_said_without_the_key(bench: Bench, table: str, key: str, code: str) -> None:
    with pytest.raises(NotFoundError) as refusal:
        tell(bench, table, key)
    assert refusal.value.code == code
    assert "'1'" not in json.dumps([refusal.value.message, refusal.value.details])


def test_a_key_needs_as_many_values_as_its_table_has_key_columns(bench: Bench) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        tell(bench, "agg_doctor_status", "7")
    assert (refusal.value.code, refusal.value.details["columns"]) == ("invalid_key", ["doctor_id", "status"])
