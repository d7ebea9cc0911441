"""Claims in CSV files: read like those of a report where the header fits, counted and kept where it does not."""

import csv
import io
import zipfile
from decimal import Decimal

import pytest

from devkit.samples.claims import generate
from shared.datasets.catalogue import load_dataset
from shared.domain.ledger import unbalanced
from shared.errors import UnreadableFileError
from shared.frames.engine import get_engine
from shared.medallion.bronze import SourceFile
from shared.readers.count import count_records
from shared.readers.feeds import table_of
from tests.outcome import Outcome, outcome

#: What the engines make of files is compared in the tests of parity.
ENGINE = get_engine("pyarrow")
CONTRACT = load_dataset("claims").contract
NAMES = ("SeqNumber", "ServiceDate", "PractitionerNumber", "PHN", "FeeItem", "ShadowBill", "OutOfProvince", "Billed",
         "Adjust", "Paid", "RecordType", "Comments")  # fmt: skip
ROW = (
    "273796",
    "2031-01-30",
    "08420",
    "BC - 9999999999",
    "633",
    "N",
    "Y",
    "$1,234.50",
    "$-0.50",
    "$1,234.00",
    "Paid",
    "",
)
#: What a file cannot know of a claim, or has in another way.
OF_REPORTS = {"row", "section_row", "message_count", "_file", "_row_no"}


def text(*rows: tuple[str, ...], header: tuple[str, ...] = NAMES) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([header, *rows])
    return written.getvalue().encode()


def row(**changes: str) -> tuple[str, ...]:
    return tuple({**dict(zip(NAMES, ROW, strict=True)), **changes}.values())


def sent(data: bytes, filename: str = "march.csv") -> SourceFile:
    """Return a file as it is received: with the table that it was found to feed."""
    return SourceFile(filename, data, table_of(CONTRACT, filename, "file", io.BytesIO(data)))


def judged(data: bytes) -> Outcome:
    result = outcome("claims", ENGINE, sent(data))
    assert unbalanced(result.ledger) == []
    assert count_records(io.BytesIO(data), "march.csv", CONTRACT, "claims") == result.ledger["claims"].read
    return result


def test_a_file_of_claims_comes_to_what_a_report_of_them_does():
    sample = generate(200, 5, 0.0)
    report = outcome("claims", ENGINE, SourceFile("report.html", sample.page))
    rows = [
        (*claim.cells.values(), claim.record_type, " | ".join(claim.messages or ()) or "Not Assigned")
        for claim in sample.claims
    ]
    names = (*sample.claims[0].cells, "record_type", "comments")
    found = judged(text(*rows, header=names))
    assert [{name: value for name, value in one.items() if name not in OF_REPORTS} for one in
            found.silver["claims"].to_pylist()] == [
        {name: value for name, value in one.items() if name not in OF_REPORTS}
        for one in report.silver["claims"].to_pylist()
    ]  # fmt: skip
    assert found.gold["agg_claims_by_type_month"].equals(report.gold["agg_claims_by_type_month"])
    assert found.verdicts["claims"].num_rows == 0


def test_a_claim_has_the_place_of_its_line_and_the_types_of_its_columns():
    (claim,) = judged(text(row())).silver["claims"].to_pylist()
    assert (claim["row"], claim["_row_no"], claim["comments"]) == (2, 2, "Not Assigned")
    assert (claim["phn_province"], claim["phn"], claim["practitioner_number"]) == ("BC", "9999999999", "08420")
    assert (claim["shadow_bill"], claim["out_of_province"]) == (False, True)
    assert (claim["billed"], claim["adjust"]) == (Decimal("1234.50"), Decimal("-0.50"))


def test_a_row_may_bring_its_place_along():
    found = judged(text((*ROW, "17"), (*ROW, ""), header=(*NAMES, "row")))
    assert [claim["row"] for claim in found.silver["claims"].to_pylist()] == [17, 3]


@pytest.mark.parametrize("written", ["In Hold", "in hold", "IN_HOLD", " In  hold "])
def test_a_type_may_be_written_in_any_case(written: str):
    (claim,) = judged(text(row(RecordType=written))).silver["claims"].to_pylist()
    assert claim["record_type"] == "In Hold"


def test_an_unknown_type_is_rejected_and_one_that_is_not_stated_is_said_to_be_so():
    found = judged(text(row(RecordType="Rejected"), row(RecordType="")))
    verdicts = [(one["_row_no"], one["outcome"], one["rule"]) for one in found.verdicts["claims"].to_pylist()]
    assert (2, "quarantined", "one_of") in verdicts
    assert (3, "repaired", "default") in verdicts
    assert [claim["record_type"] for claim in found.silver["claims"].to_pylist()] == ["Not Stated"]


def test_a_file_without_types_or_health_numbers_is_still_one_of_claims():
    names = tuple(name for name in NAMES if name not in {"RecordType", "PHN"})
    cells = tuple(cell for name, cell in zip(NAMES, ROW, strict=True) if name in names)
    found = judged(text(cells, header=names))
    assert [one["rule"] for one in found.verdicts["claims"].to_pylist()] == ["default"]
    assert found.gold["agg_claims_by_type_month"]["record_type"].to_pylist() == ["Not Stated"]


def test_what_is_doubtful_is_told_and_what_cannot_be_used_rejected():
    rows = [row(), row(Paid="$9.00"), row(SeqNumber="1", PHN=" - "), row(SeqNumber="2", Billed="N/A")]
    found = judged(text(*rows))
    told = {(one["_row_no"], one["column"], one["rule"]) for one in found.verdicts["claims"].to_pylist()}
    assert told == {
        (3, "seq_number", "duplicate_seq"), (3, "paid", "unbalanced"), (4, "phn", "empty_phn"), (5, "billed", "type"),
    }  # fmt: skip
    assert found.ledger["claims"].quarantined == 1


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (
            ("Status", "Amount"),
            "it lacks seq_number, service_date, practitioner_number, fee_item, billed, adjust, paid.",
        ),
        ((*NAMES[:9], "Total", *NAMES[10:]), "it lacks paid."),
        ((*NAMES, "paid"), "it has paid twice."),
        (tuple(f"column {number}" for number in range(len(CONTRACT.tables[0].columns))), None),
        (("2031", "08420"), None),
    ],
)
def test_rows_under_another_header_are_counted_and_kept_and_no_error(header: tuple, reason: str | None):
    lines = [("Paid",) * len(header), ("x",) * (len(header) - 1), ("",) * len(header), ("y",) * len(header)]
    found = judged(text(*lines, header=header))
    assert found.ledger["claims"].read == found.ledger["claims"].skipped == 3
    assert found.gold["fact_claims"].num_rows == 0
    verdicts = found.verdicts["claims"].to_pylist()
    assert {(one["outcome"], one["rule"]) for one in verdicts} == {("skipped", "columns")}
    assert reason is None or all(one["message"].endswith(reason) for one in verdicts)


def test_the_rows_of_a_file_that_fits_are_loaded_beside_one_that_does_not():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", text(row(), row(SeqNumber="1")))
        archive.writestr("b.csv", b"Clinic;Visits\nNorth;4\nSouth;5\n")
        archive.writestr("c.html", generate(20, 1, 0.0).page)
    file = sent(packed.getvalue(), "march.zip")
    assert (
        count_records(io.BytesIO(file.data), file.filename, CONTRACT, file.table, load_dataset("claims").own_count)
        == 24
    )
    counts = outcome("claims", ENGINE, file).ledger["claims"]
    assert (counts.read, counts.silver, counts.skipped) == (24, 22, 2)


@pytest.mark.parametrize("data", [b"", b'a,b\n"1,2\n', b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_cannot_be_told_apart_is_refused(data: bytes):
    with pytest.raises(UnreadableFileError):
        count_records(io.BytesIO(data), "march.csv", CONTRACT, table_of(CONTRACT, "march.csv", None, io.BytesIO(data)))
