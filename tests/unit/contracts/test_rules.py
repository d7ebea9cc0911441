"""What a contract may say of rows together, and how a mistake in it is told."""

from decimal import Decimal

import pytest

from shared.contracts.load import load_contract
from shared.errors import ContractError

TEXT = """\
dataset: clinic
version: 1
tables:
  - name: doctor
    label: Doctor
    key: [id]
    columns:
      id: {label: "Doctor number", required: true}
  - name: visit
    label: Visit
    key: [id]
    severity: critical
    warn_below: 0.9
    block_below: 0.5
    columns:
      id:     {label: "Visit number", required: true}
      doctor: {label: "Doctor of the visit"}
      status: {label: "Status", mandatory: true}
      paid:   {label: "Paid", type: boolean}
      sum:    {label: "Sum", type: decimal, clean: [trim, money]}
    rules:
      - {id: doctor-exists, column: doctor, references: doctor.id, on_fail: flag, warn_below: 0.95}
    findings:
      - {id: unbalanced, title: T, sentence: "{label}.", how_to_fix: F}
    metrics:
      - {name: completeness, rule: required, columns: [id], warn_below: 1}
      - {name: balanced, rule: unbalanced, warn_above: 0}
"""


def test_a_contract_says_how_much_a_rule_weighs():
    table = load_contract(TEXT).tables[1]
    (rule,) = table.rules
    assert (rule.id, rule.on_fail, rule.severity, rule.warn_below) == ("doctor-exists", "flag", None, Decimal("0.95"))
    assert (table.severity, table.warn_below, table.block_below) == ("critical", Decimal("0.9"), Decimal("0.5"))
    assert [metric.severity for metric in table.metrics] == ["warning", "warning"]
    assert table.metrics[0].columns == ("id",)


def test_what_each_row_must_have_the_file_must_have_too():
    columns = load_contract(TEXT).tables[1].columns
    assert [name for name, column in columns.items() if column.must_be_in_file] == ["id", "status"]


def test_a_finding_is_told_in_its_own_words_and_a_rule_in_those_of_the_catalogue():
    table = load_contract(TEXT).tables[1]
    assert table.verdict("unbalanced").message("Sum") == "Sum."
    assert table.verdict("required").severity == "warning"
    assert table.verdict("of-an-earlier-version").title == "of-an-earlier-version"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("on_fail: flag", "on_fail: flga", "did you mean 'flag'"),
        ("on_fail: flag", "onfail: flag", "did you mean 'on_fail'"),
        ("severity: critical", "severity: critcal", "did you mean 'critical'"),
        ("warn_below: 0.95", "warn_below: 95", "less than or equal to 1"),
        ("warn_below: 0.95", "warnbelow: 0.95", "did you mean 'warn_below'"),
        ("block_below: 0.5", "block_below: 0.95", "what blocks also warns"),
        ("mandatory: true", "mandatry: true", "did you mean 'mandatory'"),
        ("type: boolean", "type: bool", "did you mean 'boolean'"),
        ("type: decimal, clean", "type: integer, clean", "'clean: money' needs type decimal"),
        ("column: doctor, ref", "column: docter, ref", "did you mean 'doctor'"),
        ("id: unbalanced, title", "id: required, title", "every dataset has"),
        ("rule: required", "rule: requird", "did you mean 'required'"),
        ("columns: [id]", "columns: [ids]", "did you mean 'id'"),
        ("columns: [id], warn_below: 1", "columns: [id]", "needs 'warn_below' or 'warn_above'"),
        ("warn_above: 0}", "warn_above: 0, warn_below: 1}", "needs 'warn_below' or 'warn_above'"),
        ("warn_above: 0}", "warn_above: 0, block_below: 0.1}", "write 'warn_below'"),
        ("name: balanced", "name: doctor-exists", "two figures named 'doctor-exists'"),
        ("version: 1", "version: 1\nfiles: all_tables", "'mandatory' has no effect with 'files: all_tables'"),
    ],
)
def test_a_mistake_is_reported_with_its_line_and_what_was_expected(right: str, wrong: str, said: str):
    assert right in TEXT
    with pytest.raises(ContractError) as refused:
        load_contract(TEXT.replace(right, wrong, 1), origin="clinic.yaml")
    line = refused.value.details["line"]
    assert refused.value.message.startswith(f"clinic.yaml, line {line}:")
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("rule: required", "rule: requird"),
        ("name: balanced", "name: doctor-exists"),
        ("mandatory: true", "mandatory: maybe"),
        ("on_fail: flag", "on_fail: flga"),
    ],
)
def test_a_mistake_stands_where_it_was_made(right: str, wrong: str):
    with pytest.raises(ContractError) as refused:
        load_contract(TEXT.replace(right, wrong, 1))
    assert refused.value.details["line"] == TEXT[: TEXT.index(right)].count("\n") + 1


def test_a_column_refers_to_one_table_alone():
    rule = "      - {id: doctor-exists, column: doctor,"
    twice = TEXT.replace(rule, f"      - {{column: doctor, references: doctor.id}}\n{rule}")
    with pytest.raises(ContractError, match=r"line 23: .*doctor refers to something already"):
        load_contract(twice)


def test_a_required_value_is_not_left_empty():
    text = TEXT.replace("on_fail: flag", "on_fail: null")
    with pytest.raises(ContractError, match=r"line 22: .*doctor is required"):
        load_contract(text.replace('"Doctor of the visit"', '"Doctor of the visit", required: true'))
