"""The reports that were handed over, against the answers that came with them."""

from collections import Counter
from itertools import groupby
from operator import itemgetter

import pytest

from shared.datasets.claims.claim_tables import NO_MESSAGES, SEPARATOR
from shared.datasets.claims.extract import read_file
from shared.datasets.claims.reconcile import reconcile
from tests.datasets.claims.reports import DEFECTIVE, SOUND, Read, Row, cents, page, read


@pytest.fixture(scope="module", params=SOUND)
def sound(request: pytest.FixtureRequest) -> Read:
    return read(request.param)


def of_type(rows: list[Row], record_type: str) -> list[Row]:
    return [row for row in rows if row["record_type"] == record_type]


def test_every_claim_is_in_its_section_with_its_amounts(sound: Read):
    found = {
        name: {
            "records": len(rows),
            **{column: sum(cents(row[column]) for row in rows) for column in ("billed", "adjust", "paid")},
            "out_of_province": sum(row["out_of_province"] == "Y" for row in rows),
        }
        for name in sound.expected["groups"]
        for rows in [of_type(sound.claims, name)]
    }
    amounts = ("billed", "adjust", "paid")
    assert found == {
        name: {
            "records": group["records"],
            **{column: cents(group[column]) for column in amounts},
            "out_of_province": group["out_of_province"],
        }
        for name, group in sound.expected["groups"].items()
    }


def test_every_message_belongs_to_the_claim_above_it(sound: Read):
    messages = Counter(row["row"] for row in sound.messages)
    for name, group in sound.expected["groups"].items():
        numbers = Counter(str(messages[row["row"]]) for row in of_type(sound.claims, name))
        assert numbers == group["messages_per_claim"]
        assert sum(messages[row["row"]] for row in of_type(sound.claims, name)) == group["messages_total"]


def test_messages_are_joined_in_their_order_and_none_is_glued_to_another(sound: Read):
    joined = {
        row: [f"[{one['amount']}] {one['message_text']}" if one["amount"] else one["message_text"] for one in messages]
        for row, messages in groupby(sound.messages, itemgetter("row"))
    }
    for claim in sound.claims:
        assert claim["comments"] == SEPARATOR.join(joined.get(claim["row"], [NO_MESSAGES]))
    printed = {message for claim in sound.report.claims for message in claim.messages or ()}
    assert len(printed) == sound.expected["distinct_messages"]


def test_no_amount_of_a_message_is_lost(sound: Read):
    found = sum(cents(row["amount"]) for row in sound.messages if row["amount"])
    assert found == cents(sound.expected["declared"]["bracket_sum"])
    assert not [row for row in sound.messages if row["message_text"].startswith("[")]


def test_a_health_number_is_taken_apart(sound: Read):
    assert {row["phn_province"] for row in sound.claims} <= {"BC", "QY", "Prov QX"}
    assert all(row["phn"].isdigit() and len(row["phn"]) in {9, 10} for row in sound.claims)
    assert {row["phn_province"] for row in sound.claims if row["out_of_province"] == "N"} == {"BC"}


def test_what_the_report_states_in_sum_is_read(sound: Read):
    declared, stated = sound.expected["declared"], sound.report.stated
    names = {
        "total_billed": "total_billed", "total_paid": "total_paid", "total_held": "total_held",
        "total_adjusted": "total_adjusted", "msp_billed": "total_billed_second", "msp_paid": "total_paid_second",
        "cheque": "cheque_amount",
    }  # fmt: skip
    assert {name: stated[ours] for name, ours in names.items()} == {name: [declared[name]] for name in names}
    assert sum(map(cents, stated["regular_amount"])) == cents(declared["regular_sum"])
    assert stated["remittance_date"] == ["May 14th, 2031"]


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_report_agrees_with_itself_in_everything(name: str):
    extracted = read_file(page(name), "report.html", 0)
    assert {one.name for one in extracted.reconciliation if one.agrees is not True} == set()
    assert len(extracted.reconciliation) == 11
    assert extracted.findings["claims"].num_rows == 0


def test_a_section_without_a_table_has_no_claims_and_takes_none_from_the_next():
    for name in ("claims_60_no_refused_table", "claims_60_empty_refused"):
        assert [tuple(section) for section in read(name).report.sections] == [
            ("Paid", 57, 57),
            ("Refused", 0, 0),
            ("In Hold", 3, 3),
        ]


def test_rows_are_numbered_over_the_report_and_within_their_section():
    claims = read("claims_300").claims
    assert [row["_row_no"] for row in claims] == list(range(1, 301))
    assert [row["row"] for row in claims] == [str(row["_seq"]) for row in claims]
    assert [row["section_row"] for row in of_type(claims, "In Hold")] == [str(number) for number in range(1, 14)]


def test_the_figures_of_the_defective_report_that_do_not_agree_are_those_that_defects_touch():
    defective = read(DEFECTIVE)
    tables = read_file(page(DEFECTIVE), "report.html", 0)
    assert tables is not None
    numbers, _ = reconcile(defective.report, tables.tables["claims"])
    differing = {one.name: (str(one.stated), str(one.found)) for one in numbers if not one.agrees}
    assert differing == {
        "total_billed": ("53285.82", "52913.11"),
        "total_paid": ("52134.74", "50766.91"),
        "total_adjusted": ("515.58", "-1953.42"),
    }
