from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

import phonenumbers
import pytest
from typer.testing import CliRunner

from devkit.samples.__main__ import app
from devkit.samples.answer_key import InjectedFault, Rejection
from devkit.samples.ecommerce import Sample, generate
from devkit.samples.ecommerce.answers import answer
from devkit.samples.ecommerce.faults import COLUMNS, cell_faults
from devkit.samples.ecommerce.generate import AS_OF, STRUCTURAL

if TYPE_CHECKING:
    from pathlib import Path

BEFORE, AFTER = "2026-01-01 00:00:00.000000", "2026-01-02 00:00:00.000000"


@pytest.fixture(scope="module")
def clean() -> Sample:
    return generate(200, fault_rate=0)


@pytest.fixture(scope="module")
def faulty() -> Sample:
    return generate(1_000)


def test_the_same_arguments_make_the_same_records(faulty: Sample) -> None:
    assert generate(1_000) == faulty


def test_another_seed_makes_other_records(clean: Sample) -> None:
    assert generate(200, seed=2, fault_rate=0).records != clean.records


def test_a_record_has_ten_objects_with_the_fields_of_the_dataset(clean: Sample) -> None:
    for record in clean.records:
        assert {table: set(row) for table, row in record.items()} == {
            table: set(columns) for table, columns in COLUMNS.items()
        }


def test_a_record_takes_about_three_kilobytes(clean: Sample, tmp_path: Path) -> None:
    clean.write_json(tmp_path / "sample.json")
    assert 2_800 < (tmp_path / "sample.json").stat().st_size / 200 < 3_500


def test_records_without_faults_are_all_accepted(clean: Sample) -> None:
    assert clean.faults == []
    assert clean.accepted == clean.read == dict.fromkeys(COLUMNS, 200)


def test_text_without_faults_never_contains_the_fault_marker(clean: Sample) -> None:
    assert "invalid" not in json.dumps(clean.records, ensure_ascii=False).lower()


def test_telephone_numbers_without_faults_are_valid(clean: Sample) -> None:
    numbers = [phonenumbers.parse(record["user"]["phone_number"], "US") for record in clean.records]
    assert all(phonenumbers.is_valid_number(number) for number in numbers)


def test_text_is_written_in_several_scripts(clean: Sample) -> None:
    text = "".join(record["user"]["real_name"] for record in clean.records)
    assert {"é", "Ω"} & set(text) or any("Ѐ" <= letter <= "ӿ" for letter in text)
    assert any("가" <= letter <= "힣" for letter in text)
    assert any("؀" <= letter <= "ۿ" for letter in text)


def test_some_references_lead_to_earlier_records(clean: Sample) -> None:
    first = {record["user"]["id"]: number for number, record in enumerate(clean.records)}
    later = [number for number, record in enumerate(clean.records) if first[record["order"]["user_id"]] < number]
    assert 5 < len(later) < 40


def test_a_thousand_records_carry_every_kind_of_fault_of_every_table(faulty: Sample) -> None:
    put_in = {(fault.table, fault.kind) for fault in faulty.faults}
    of_cells = {(table, kind.name) for table in COLUMNS for kind in cell_faults(table, AS_OF)}
    of_objects = {(table, kind) for table in COLUMNS for kind in ("duplicate", "missing_entity", "not_an_object")}
    assert put_in == of_cells | of_objects | {("user", "not_a_record")}


def test_kinds_of_faults_can_be_left_out() -> None:
    kinds = {fault.kind for fault in generate(500, fault_rate=0.3, without=STRUCTURAL).faults}
    assert kinds.isdisjoint(STRUCTURAL)


def test_the_share_of_faulty_objects_is_the_fault_rate() -> None:
    rows = {(fault.table, fault.record_no) for fault in generate(2_000, fault_rate=0.1).faults}
    assert len(rows) / (2_000 * len(COLUMNS)) == pytest.approx(0.1, abs=0.01)


def test_the_as_of_time_decides_what_is_to_come() -> None:
    sample = generate(500, fault_rate=0.3, as_of=datetime(2020, 2, 29, 8))
    born = [sample.records[fault.record_no - 1]["user"] for fault in sample.faults if fault.kind == "birth_not_before"]
    assert born
    assert {str(user["birth_of_date"])[:3] for user in born} <= {"202", "207"}


def test_both_file_forms_hold_the_same_records(faulty: Sample, tmp_path: Path) -> None:
    faulty.write_json(tmp_path / "sample.json")
    faulty.write_ndjson(tmp_path / "sample.ndjson")
    lines = (tmp_path / "sample.ndjson").read_text("utf-8").split("\n")
    assert json.loads((tmp_path / "sample.json").read_text("utf-8")) == faulty.records
    assert [json.loads(line) for line in lines if line] == faulty.records


def test_every_rejected_row_has_a_fault_or_refers_to_a_row_that_was_lost(faulty: Sample) -> None:
    own = {(fault.table, fault.record_no) for fault in faulty.faults}
    without_own = Counter(
        rejection.rule
        for table, rows in faulty.rejections.items()
        for row_no, rejection in rows.items()
        if (table, row_no) not in own
    )
    assert set(without_own) == {"reference"}


def _answer(faults: list[InjectedFault], *records: dict[str, Any]) -> Sample:
    return answer(
        [{table: {"id": "", "create_time": BEFORE} | row for table, row in each.items()} for each in records], faults
    )


def test_the_first_of_several_faults_counts_in_the_order_of_the_checks() -> None:
    faults = [
        InjectedFault(1, "user", "sex", "bad_sex", "one_of"),
        InjectedFault(1, "user", "delete_time", "marker", "fault_marker"),
        InjectedFault(2, "user", "age", "too_old", "range"),
        InjectedFault(2, "user", "sex", "bad_sex", "one_of"),
        InjectedFault(3, "user", "id", "marker", "fault_marker"),
        InjectedFault(3, "user", "create_time", "missing_null", "required"),
    ]
    sample = _answer(faults, {"user": {}}, {"user": {}}, {"user": {}})
    assert sample.rejections["user"] == {
        1: Rejection("delete_time", "fault_marker"),
        2: Rejection("sex", "one_of"),
        3: Rejection("create_time", "required"),
    }
    assert sample.expected["user"] == {1: "fault_marker", 2: "one_of", 3: "required"}


def test_a_lost_row_makes_orphans_of_all_that_hang_on_it() -> None:
    record = {
        "user": {"id": "u"},
        "payment": {"id": "p"},
        "order": {"id": "o", "user_id": "u", "payment_id": "p"},
        "order_item": {"id": "i", "order_id": "o", "products_sku_id": "s"},
    }
    sample = _answer([InjectedFault(1, "payment", "status", "unknown_status", "one_of")], record)
    assert sample.rejections["order"] == {1: Rejection("payment_id", "reference")}
    assert sample.rejections["order_item"] == {1: Rejection("order_id", "reference")}
    assert sample.accepted["user"] == 1


def test_of_rows_with_the_same_id_the_latest_is_kept_and_of_equal_ones_the_first() -> None:
    times = {"a": (BEFORE, AFTER), "b": (AFTER, BEFORE), "c": (AFTER, AFTER)}
    rows = [{"user": {"id": key, "create_time": moment}} for key, moments in times.items() for moment in moments]
    assert _answer([], *rows).duplicates["user"] == {1: 2, 4: 3, 6: 5}


def test_a_faulty_row_never_displaces_another_of_its_id() -> None:
    rows = [{"user": {"id": "a", "create_time": moment}} for moment in (BEFORE, AFTER)]
    sample = _answer([InjectedFault(2, "user", "sex", "bad_sex", "one_of")], *rows)
    assert sample.duplicates["user"] == {}
    assert sample.accepted["user"] == 1


def test_findings_are_expected_only_of_rows_that_stay() -> None:
    faults = [
        InjectedFault(1, "user", "email", "bad_email", "normalise"),
        InjectedFault(2, "user", "email", "bad_email", "normalise"),
        InjectedFault(2, "user", "sex", "bad_sex", "one_of"),
    ]
    sample = _answer(faults, {"user": {"id": "a"}}, {"user": {"id": "b"}})
    assert sample.findings["user"] == {1: {("email", "normalise")}}


def test_an_object_left_out_is_no_row() -> None:
    sample = answer([{"user": None}, {}, "a text"], [InjectedFault(3, "user", "id", "not_a_record", "record")])
    assert sample.read["user"] == 1
    assert sample.accepted["user"] == 0


def test_the_command_writes_a_file_and_its_answer_key(tmp_path: Path) -> None:
    out, answers = tmp_path / "sample.ndjson", tmp_path / "answers.json"
    done = CliRunner().invoke(
        app, ["ecommerce", "--records", "50", "--seed", "3", "--out", str(out), "--ndjson", "--answers", str(answers)]
    )
    assert done.exit_code == 0, done.output
    assert len(out.read_text("utf-8").splitlines()) == 50
    key = json.loads(answers.read_text("utf-8"))
    assert set(key["tables"]) == set(COLUMNS)
    assert key["tables"]["user"]["read"] == generate(50, seed=3).read["user"]
