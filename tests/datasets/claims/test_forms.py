"""Reports may be written otherwise than those at hand, and damaged, and still lose no claim."""

import io
import re

import pytest

from shared.datasets.claims.claim_tables import claim_tables
from shared.datasets.claims.count import count_records
from shared.datasets.claims.extract import read_file
from shared.datasets.claims.report import read_report
from shared.errors import UnreadableFileError
from shared.readers.html_tree import as_utf8, mended
from shared.readers.rows import ragged_fault
from tests.datasets.claims.reports import DEFECTIVE, SOUND, page, read

NAME = "claims_60_no_refused_table"


def changed(*changes: tuple[str, str], count: int = -1) -> bytes:
    text = page(NAME).decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, count)
    return text.encode()


def assert_same_claims(data: bytes) -> None:
    report, known = read_report(data, "report.html"), read(NAME)
    assert claim_tables(report, "report.html", 0)["claims"].to_pylist() == known.claims
    assert report.sections == known.report.sections


@pytest.mark.parametrize("name", [*SOUND, DEFECTIVE])
def test_the_patient_parser_and_the_fast_one_agree_on_every_report(name: str):
    patient, fast = read_report(mended(as_utf8(page(name))), "x"), read(name).report
    assert patient == fast


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("name", [*SOUND, DEFECTIVE])
def test_claims_are_counted_without_parsing(name: str, encoding: str):
    data = page(name).decode().encode(encoding)
    assert count_records(data[:1000], io.BytesIO(data)) == len(read(name).claims)


def test_a_report_without_classes_is_read_by_what_its_rows_hold():
    data = re.sub(rb" class=(['\"])[^'\"]*\1", b"", page(NAME))
    claims = claim_tables(read_report(data, "report.html"), "report.html", 0)["claims"].to_pylist()
    assert claims == [{**row, "message_count": None} for row in read(NAME).claims]


def test_columns_may_stand_in_another_order_and_their_names_be_written_otherwise():
    swapped = re.sub(
        rb"(<t[hd] class='seq-number'>[^<]*</t[hd]>)\s*(<t[hd] class='service-date'>[^<]*</t[hd]>)",
        rb"\2\1",
        page(NAME),
    )
    assert swapped != page(NAME)
    assert_same_claims(swapped)
    assert_same_claims(changed((">Seq Number<", "> SEQ\n number <"), (">PHN<", ">phn<")))


def test_a_header_may_be_repeated_among_the_rows():
    header = re.search(r"<th .*</th>", page(NAME).decode(), re.DOTALL)
    assert header
    names = header[0].partition("</thead>")[0]
    assert_same_claims(changed(("<tbody>", f"<tbody><tr>{names}</tr>")))


def test_rows_for_messages_may_be_missing_where_there_are_none():
    empty = rb"<tr class='claim-message-row messages-0'>.*?</tr>"
    extracted = read_file(re.sub(empty, b"", page(NAME), flags=re.DOTALL), "report.html", 0)
    assert extracted.tables["claims"].to_pylist() == read(NAME).claims
    assert extracted.findings["claims"].num_rows == 0


def test_a_claim_of_which_the_cells_cannot_be_told_apart_is_ragged():
    report = read_report(changed(("<td class='fee-item'>95812</td>", ""), (" class='billed'", "")), "report.html")
    claim = claim_tables(report, "report.html", 0)["claims"].to_pylist()[0]
    assert claim["_faults"] == ragged_fault(10, 9)
    assert {claim[name] for name in ("seq_number", "fee_item", "billed", "paid")} == {None}
    assert (claim["row"], claim["record_type"]) == ("1", "Paid")


def test_messages_above_all_claims_belong_to_none_and_are_not_lost():
    stray = "<tr class='claim-message-row'><td><ul><li>[$-1.00] lost</li></ul></td></tr>"
    report = read_report(changed(("<tbody>", f"<tbody>{stray}"), count=1), "report.html")
    first = claim_tables(report, "report.html", 0)["claim_messages"].to_pylist()[0]
    assert (first["row"], first["message_no"], first["amount"], first["message_text"]) == (None, "1", "$-1.00", "lost")


def test_brackets_that_hold_no_amount_are_text():
    report = read_report(changed(("<li>[3.92] Synthetic", "<li>[note 3] Synthetic"), count=1), "report.html")
    messages = claim_tables(report, "report.html", 0)["claim_messages"].to_pylist()
    assert {row["amount"] for row in messages if row["message_text"].startswith("[note 3]")} == {None}


def test_what_is_no_character_can_be_found_in_its_cell():
    data = page(NAME).replace(b"<td class='fee-item'>95812", b"<td class='fee-item'>95\x0012")
    assert claim_tables(read_report(data, "x"), "x", 0)["claims"]["fee_item"][0].as_py() == "95\x0012"


def test_places_in_the_job_follow_the_number_of_the_file():
    tables = claim_tables(read(NAME).report, "second.html", 1)
    first = 2**40 + 1
    assert tables["claims"]["_seq"][0].as_py() == first
    assert tables["claims"]["row"][0].as_py() == str(first)
    assert tables["claim_messages"]["row"][0].as_py() == str(first + 2)
    assert tables["claims"]["_row_no"][0].as_py() == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html><p>12 Paid records were sent.</p></html>", "no_claims"),
        (changed((">Adjust<", ">Adjusted<")), "missing_columns"),
    ],
)
def test_a_page_that_is_no_report_is_refused_as_a_whole(data: bytes, code: str):
    with pytest.raises(UnreadableFileError) as refused:
        read_file(data, "report.html", 0)
    assert refused.value.code == code
    assert "report.html" in refused.value.message
    assert "BC" not in str(refused.value.details)


@pytest.mark.parametrize(
    "script", ["[{", "[]", '[{"paid_claims": 1}]', '{"paid_claims": []}', "paid_claims", "[" * 100_000, "[1e999]"]
)
def test_a_script_that_cannot_be_read_is_no_error(script: str):
    data = re.sub(rb"var data = .*", f"var data = {script} // paid_claims".encode(), page(NAME))
    extracted = read_file(data, "report.html", 0)
    stated = {one.name: one.stated for one in extracted.reconciliation if one.name.startswith("embedded")}
    assert set(stated.values()) in ({None}, {0})
    assert extracted.tables["claims"].num_rows == 60


def test_a_script_may_go_on_after_the_claims():
    extracted = read_file(re.sub(rb"(var data = .*)", rb"\1; show(data);", page(NAME)), "report.html", 0)
    assert all(one.agrees for one in extracted.reconciliation)


def test_a_claim_that_the_script_lacks_is_found_and_the_others_still_compared():
    data = re.sub(rb'\{"seq_number":"273796".*?\},', b"", page(NAME), count=1)
    extracted = read_file(data.replace(b'"fee_item":"98596"', b'"fee_item":"1"', 1), "report.html", 0)
    found = [(row["_row_no"], row["column"], row["rule"]) for row in extracted.findings["claims"].to_pylist()]
    assert found == [(2, "seq_number", "not_embedded"), (3, "fee_item", "differs_from_embedded")]
    assert [one.name for one in extracted.reconciliation if not one.agrees] == ["embedded_paid"]


def test_a_claim_that_is_printed_twice_is_in_the_script_once():
    text = page(NAME).decode()
    first = re.search(r"<tr class='claim-item-row.*?(?=<tr class='claim-item-row)", text, re.DOTALL)
    assert first
    extracted = read_file(text.replace("<tbody>", f"<tbody>{first[0]}", 1).encode(), "report.html", 0)
    found = [(row["_row_no"], row["rule"]) for row in extracted.findings["claims"].to_pylist()]
    assert found == [(2, "duplicate_seq"), (2, "not_embedded")]


def test_a_report_that_states_nothing_has_nothing_to_agree_with():
    data = re.sub(rb"Total (Billed|Paid|Held|Adjusted)", b"Sum", page(NAME))
    extracted = read_file(re.sub(rb"var data = .*", b"", data), "report.html", 0)
    assert {one.name for one in extracted.reconciliation if one.agrees} == {
        "declared_paid", "declared_refused", "declared_in_hold",
    }  # fmt: skip
    assert {one.agrees for one in extracted.reconciliation} == {None, True}


def test_sums_of_several_payees_are_added_up():
    two = read_file(page(NAME) + page(NAME), "report.html", 0)
    assert all(one.agrees for one in two.reconciliation)
    assert {row["rule"] for row in two.findings["claims"].to_pylist()} == {"duplicate_seq"}
