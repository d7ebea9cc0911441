from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import openpyxl
from typer.testing import CliRunner

from devkit.samples.__main__ import app
from devkit.samples.appointments import generate
from devkit.samples.appointments.sample import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path


def sheet_rows(content: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def test_the_same_arguments_make_the_same_rows_and_another_seed_others() -> None:
    assert generate(50) == generate(50)
    assert generate(50).rows["appointments"] != generate(50, seed=2).rows["appointments"]


def test_without_faults_every_row_is_accepted() -> None:
    clean = generate(200, fault_rate=0)
    assert clean.faults == []
    assert clean.accepted == clean.read == {"doctors": 6, "appointments": 200}


def test_every_kind_of_fault_occurs() -> None:
    sample = generate(500, fault_rate=0.2)
    kinds = {fault.kind for fault in sample.faults}
    assert kinds == {"missing", "no_day", "no_number", "untidy", "dragged", "nobody", "repeated"}
    rejected = {rejection.rule for rejection in sample.rejections["appointments"].values()}
    assert rejected == {"required", "type", "reference"}
    assert sample.duplicates["appointments"]
    assert sample.findings["appointments"]


def test_a_table_is_a_workbook_in_which_numbers_are_numbers_and_what_is_missing_has_no_cell() -> None:
    sample = generate(100, fault_rate=0.3)
    header, *rows = sheet_rows(sample.files()["appointments"])
    assert header == COLUMNS["appointments"]
    assert [tuple("" if cell is None else str(cell) for cell in row) for row in rows] == [
        tuple(row.values()) for row in sample.rows["appointments"]
    ]
    assert {type(row[0]) for row in rows} >= {int, str}


def test_the_command_writes_one_workbook_a_table_and_the_answers(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    arguments = ["appointments", "--out", str(tmp_path), "--appointments", "30", "--answers", str(answers)]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.output
    assert "30 appointments" in shown.output
    sample = generate(30)
    for table, content in sample.files().items():
        assert sheet_rows((tmp_path / f"{table}.xlsx").read_bytes()) == sheet_rows(content)
    assert json.loads(answers.read_bytes())["tables"]["appointments"]["silver"] == sample.accepted["appointments"]
