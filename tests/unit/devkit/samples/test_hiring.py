from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from devkit.samples.__main__ import app
from devkit.samples.hiring import generate
from devkit.samples.hiring.sample import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path


def test_the_same_arguments_make_the_same_rows_and_another_seed_others() -> None:
    assert generate(50) == generate(50)
    assert generate(50).rows["hired_employees"] != generate(50, seed=2).rows["hired_employees"]


def test_without_faults_every_row_is_accepted() -> None:
    clean = generate(200, fault_rate=0)
    assert clean.faults == []
    assert clean.accepted == clean.read == {"departments": 10, "jobs": 18, "hired_employees": 200}


def test_every_kind_of_fault_occurs_and_every_rule_is_broken() -> None:
    sample = generate(500, fault_rate=0.2)
    kinds = {fault.kind for fault in sample.faults}
    assert kinds == {"missing", "no_time", "no_number", "float", "nobody", "repeated"}
    rejected = {rejection.rule for rejection in sample.rejections["hired_employees"].values()}
    assert rejected == {"required", "type", "reference"}
    assert sample.duplicates["hired_employees"]
    assert sample.findings["hired_employees"]


def test_who_was_hired_by_a_rejected_department_is_rejected_too() -> None:
    sample = generate(500, fault_rate=0.01)
    assert sample.rejections["departments"] == {10: ("department", "required")}
    faulty = {fault.record_no for fault in sample.faults if fault.table == "hired_employees"}
    orphans = {no for no, row in enumerate(sample.rows["hired_employees"], 1) if row["department_id"] == "10"} - faulty
    assert orphans
    assert {sample.rejections["hired_employees"][no] for no in orphans} == {("department_id", "reference")}


def test_a_table_is_written_with_or_without_a_header_and_with_any_delimiter() -> None:
    sample = generate(20)
    rows = sample.rows["hired_employees"]
    for how in ({}, {"delimiter": ";"}, {"delimiter": "\t", "line_end": "\r\n"}):
        text = sample.csv("hired_employees", **how).decode()
        assert list(csv.DictReader(io.StringIO(text, newline=""), delimiter=how.get("delimiter", ","))) == rows
    headless = sample.csv("hired_employees", header=False).decode()
    assert list(csv.reader(io.StringIO(headless, newline=""))) == [list(row.values()) for row in rows]


def test_the_command_writes_one_file_a_table_and_the_answers(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    arguments = ["hiring", "--out", str(tmp_path), "--hires", "30", "--answers", str(answers)]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.output
    assert "30 hires" in shown.output
    sample = generate(30)
    assert {table: (tmp_path / f"{table}.csv").read_bytes() for table in COLUMNS} == sample.files()
    assert json.loads(answers.read_bytes())["tables"]["hired_employees"]["silver"] == sample.accepted["hired_employees"]
