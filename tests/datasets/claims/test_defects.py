"""Each of the twenty defects of a report is where the answers say, and is printed or found as they say."""

from collections import defaultdict
from typing import Any

import pytest

from shared.datasets.claims.extract import read_file
from tests.datasets.claims.reports import DEFECTIVE, Read, Row, expected, page, read

DEFECTS = expected(DEFECTIVE)["defects"]
DIFFERS = "differs_from_embedded"
#: What is found of a row with a defect; the rules of the contract reject those with the others.
FOUND = {
    "missing_td": {("paid", DIFFERS)},
    "bad_money": {("billed", DIFFERS)},
    "bad_date": {("service_date", DIFFERS)},
    "message_count_mismatch": {("message_count", "message_count_mismatch")},
    "no_message_row": {("message_count", "no_message_row"), ("comments", DIFFERS)},
    "duplicate_seq": {("seq_number", "duplicate_seq"), ("seq_number", DIFFERS)},
    "unbalanced": {("paid", "unbalanced"), ("paid", DIFFERS)},
    "thousands_and_parentheses": {("paid", "unbalanced")},
    "escaped_markup_in_message": {("comments", DIFFERS)},
    "empty_phn": {("phn", "empty_phn"), ("phn", DIFFERS), ("phn_province", DIFFERS)},
}
PRINTED: dict[str, dict[str, Any]] = {
    "missing_td": {"paid": None, "_faults": None},
    "bad_money": {"billed": "N/A"},
    "bad_date": {"service_date": "2031-13-45"},
    "message_count_mismatch": {"message_count": "2"},
    "no_message_row": {"comments": "Not Assigned"},
    "thousands_and_parentheses": {"adjust": "($1,234.50)"},
    "escaped_markup_in_message": {"comments": 'Synthetic <b>bold</b> & "quoted" note'},
    "empty_phn": {"phn": "", "phn_province": ""},
}


@pytest.fixture(scope="module")
def defective() -> Read:
    return read(DEFECTIVE)


@pytest.fixture(scope="module")
def findings() -> dict[int, list[Row]]:
    extracted = read_file(page(DEFECTIVE), "report.html", 0)
    found = defaultdict(list)
    for row in extracted.findings["claims"].to_pylist():
        found[row["_row_no"] - 1].append(row)
    return found


def named(defect: Row) -> str:
    return f"row {defect['row']}: {defect['kind']}"


@pytest.mark.parametrize("defect", DEFECTS, ids=named)
def test_a_defect_is_kept_as_printed(defective: Read, defect: Row):
    claim = defective.claims[defect["row"]]
    assert claim["record_type"] == "Paid"
    assert claim["seq_number"] == defect["seq"] or defect["kind"] == "duplicate_seq"
    printed = PRINTED.get(defect["kind"], {})
    assert {column: claim[column] for column in printed} == printed


@pytest.mark.parametrize("defect", DEFECTS, ids=named)
def test_a_defect_is_found(findings: dict[int, list[Row]], defect: Row):
    found = {(row["column"], row["rule"]) for row in findings[defect["row"]]}
    assert found == FOUND[defect["kind"]]


def test_nothing_is_found_of_any_other_row(findings: dict[int, list[Row]]):
    assert sorted(findings) == sorted(defect["row"] for defect in DEFECTS)


def test_a_finding_says_what_was_expected(findings: dict[int, list[Row]]):
    told = {
        (number, row["rule"]): (row["expected"], row["found"])
        for number, rows in findings.items()
        for row in rows
        if row["rule"] != DIFFERS
    }
    assert told[44, "message_count_mismatch"] == ("2", "1")
    assert told[62, "no_message_row"] == ("2", "0")
    assert told[77, "unbalanced"] == ("313.19", "314.19")
    assert told[79, "unbalanced"] == ("-1108.56", "125.94")
    assert told[71, "duplicate_seq"] == (None, "381632")


def test_no_finding_repeats_a_health_number(defective: Read, findings: dict[int, list[Row]]):
    numbers = {claim["phn"] for claim in defective.claims} - {""}
    told = {value for rows in findings.values() for row in rows for value in (row["expected"], row["found"])}
    assert numbers.isdisjoint(told)
    assert {row["expected"] for rows in findings.values() for row in rows if row["column"] == "phn"} == {None}


def test_messages_of_a_claim_with_a_defect_are_still_its_own(defective: Read):
    belonging = [row["message_text"] for row in defective.messages if row["row"] == "3"]
    assert belonging == ["Synthetic Area Premium"]
    assert len(defective.messages) == 149
