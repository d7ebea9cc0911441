"""The ``strata`` command against the whole system, from a file to the answers."""

from __future__ import annotations

import csv
import json
import re

import msgspec
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from devkit.cli.app import app
from devkit.samples import ecommerce, hiring
from devkit.samples.ecommerce.generate import AS_OF

NO_GOOD_ROW = b'[{"user": {"id": ""}}]'


@pytest.fixture(scope="module")
def strata(system):
    """Give a command that speaks to the system."""
    runner = CliRunner(env={"STRATA_URL": system.base_url, "STRATA_TOKEN": system.token})
    return lambda *arguments: runner.invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """E-commerce records with faults of every kind, and their file."""
    made = ecommerce.generate(150, seed=77)
    file = tmp_path_factory.mktemp("cli") / "orders.json"
    file.write_bytes(msgspec.json.encode(made.records))
    return made, file


@pytest.fixture(scope="module")
def uploaded(strata, sample):
    """What is shown of an upload that was waited for, and the id of its job."""
    options = ("--dataset", "ecommerce", "--name", "by command", "--as-of", AS_OF.isoformat())
    shown = strata("upload", sample[1], *options, "--wait")
    assert shown.exit_code == 0, shown.output
    return shown, re.search(r"Job ([0-9a-f]{24}): succeeded with rejects", shown.stdout)[1]


def cells(text: str) -> dict[str, list[str]]:
    """Return the rows of a table on a screen by their first cell."""
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in text.splitlines() if line.startswith("│")]
    return {row[0]: row[1:] for row in rows}


def test_an_upload_that_is_waited_for_ends_with_where_every_row_went(uploaded, sample):
    shown, job_id = uploaded
    expected = {name: [f"{count:,}" for count in counts.values()] for name, counts in sample[0].ledger.items()}
    table = cells(shown.stdout)
    assert {name: table[name] for name in expected} == expected
    assert "by command: succeeded with rejects" in shown.stderr
    assert f"strata rejects {job_id}" in shown.stderr


def test_the_same_file_again_is_the_same_job(uploaded, sample, strata):
    again = strata("upload", sample[1], "--dataset", "ecommerce", "--as-of", AS_OF.isoformat())
    assert (again.exit_code, uploaded[1] in again.stdout) == (0, True)
    assert "The same content came before" in again.stderr


def test_several_files_are_one_job(strata, tmp_path):
    hiring.generate(40, seed=12).write_files(tmp_path)
    shown = strata("upload", *sorted(tmp_path.iterdir()), "--dataset", "hiring", "--wait")
    assert shown.exit_code == 0, shown.output
    assert {"departments", "jobs", "hired_employees"} <= cells(shown.stdout).keys()


def test_files_that_go_straight_to_storage_are_one_job_too_and_the_same_content_is_found_again(
    strata, tmp_path, monkeypatch
):
    monkeypatch.setattr("devkit.cli.sending._MOST_BYTES_OF_REQUEST", 10)
    monkeypatch.setattr("devkit.cli.storage._BLOCK_BYTES", 1000)
    hiring.generate(40, seed=13).write_files(tmp_path)
    files = sorted(tmp_path.iterdir())
    shown = strata("upload", *files, "--dataset", "hiring", "--as-of", "2026-01-15", "--wait")
    assert shown.exit_code == 0, shown.output
    job_id = re.search("Job ([0-9a-f]{24})", shown.stdout)[1]
    assert cells(shown.stdout)["hired_employees"][0] == "40"
    again = strata("upload", *files, "--dataset", "hiring", "--as-of", "2026-01-15", "--wait")
    assert (again.exit_code, f"Job {job_id}: succeeded" in again.stdout) == (0, True)


def test_a_job_that_fails_ends_the_command_with_one(strata, tmp_path):
    (tmp_path / "bad.json").write_bytes(NO_GOOD_ROW)
    shown = strata("upload", tmp_path / "bad.json", "--dataset", "ecommerce", "--wait")
    assert shown.exit_code == 1
    assert re.search("Job [0-9a-f]{24}: failed\n.+", shown.stdout)


def test_a_file_that_is_refused_ends_the_command_with_one(strata, tmp_path):
    (tmp_path / "cut.json").write_bytes(b'[{"user"')
    shown = strata("upload", tmp_path / "cut.json", "--dataset", "ecommerce")
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert shown.stderr.splitlines()[1].startswith("Error: cut.json ends inside record 1")


def test_jobs_are_listed_and_one_is_told_of(uploaded, strata):
    job_id = uploaded[1]
    listed = cells(strata("jobs", "--dataset", "ecommerce", "--limit", 500).stdout)
    assert listed[job_id][:3] == ["by command", "ecommerce", "small batch"]
    assert job_id not in strata("jobs", "--state", "awaiting_file").stdout
    told = strata("job", job_id).stdout
    for part in ("by command", "contract version 1", "orders.json", "published", "dw_orders"):
        assert part in told
    assert strata("job", job_id, "--watch").exit_code == 0


def test_rejected_rows_are_shown_and_written_whole(uploaded, sample, strata, tmp_path):
    job_id = uploaded[1]
    assert "What to do" in strata("rejects", job_id).stdout
    kinds = ("quarantined", "duplicate", "skipped")
    expected = sum(counts[kind] for counts in sample[0].ledger.values() for kind in kinds)
    for name in ("rows.csv", "rows.json"):
        assert strata("rejects", job_id, "-o", tmp_path / name).exit_code == 0
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    nested = json.loads((tmp_path / "rows.json").read_text("utf-8"))
    assert len(rows) == len(nested) == expected
    assert [(row["table"], row["row"]) for row in rows] == [(row["table"], str(row["row"])) for row in nested]


def test_rejected_rows_are_corrected_in_their_workbook_and_sent_back(strata, tmp_path):
    file, workbook = tmp_path / "departments.csv", tmp_path / "rejects.xlsx"
    file.write_text("id,department\n9001,\n9002,Cellar\n", encoding="utf-8")
    shown = strata("upload", file, "--dataset", "hiring", "--wait")
    job_id = re.search("Job ([0-9a-f]{24})", shown.stdout)[1]
    assert "released" not in strata("replay", job_id, "--dry-run").stdout
    assert f"strata correct {job_id}" in strata("rejects", job_id, "-o", workbook).stderr
    assert "No row was changed" in strata("correct", job_id, workbook).stderr
    book = load_workbook(workbook)
    book["departments"].cell(2, book["departments"].max_column).value = "Attic"
    book.save(workbook)
    corrected = strata("correct", job_id, workbook, "--wait")
    assert corrected.exit_code == 0, corrected.output
    assert cells(corrected.stdout)["departments"][:2] == ["1", "1"]
    replayed = strata("replay", job_id, "--wait")
    assert (replayed.exit_code, "succeeded with rejects" in replayed.stdout) == (0, True), replayed.output


def test_questions_are_listed_asked_and_written(uploaded, strata, tmp_path):
    assert "limit=10 (how many categories)" in strata("query").stdout
    asked = strata("query", "revenue_by_category", "--param", "limit=1")
    assert "Which categories bring the most revenue?" in asked.stdout
    assert len(cells(asked.stdout)) == 1
    strata("query", "revenue_by_category", "-o", tmp_path / "revenue.csv")
    with (tmp_path / "revenue.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file))[:2] == ["category", "orders"]
    wrong = strata("query", "revenue_by_category", "--param", "top=1")
    assert (wrong.exit_code, "Its parameters are: limit." in wrong.stderr) == (1, True)


def test_tables_are_listed_with_their_rows_and_columns(uploaded, strata):
    listed = cells(strata("tables").stdout)
    assert listed["dw_orders"][0] == "table"
    assert listed["dw_orders"][2].startswith("order_item_id, order_id")


def test_the_doctor_finds_the_system_well(strata):
    found = {check["name"]: check["verdict"] for check in json.loads(strata("doctor", "--json").stdout)["checks"]}
    assert {found[name] for name in ("Address", "Storage", "Queues", "Warehouse", "Token")} == {"ok"}
