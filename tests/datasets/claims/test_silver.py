"""The contract's rules on the reports: every defect ends as the answers say, and every other claim gets through."""

from decimal import Decimal

import pytest

from devkit.samples.claims import generate
from shared.datasets.catalogue import load_dataset
from shared.datasets.claims.extract import read_file
from shared.domain.ledger import unbalanced
from shared.domain.verdicts import REJECTING
from shared.frames.engine import Engine, get_engine
from shared.medallion.bronze import SourceFile
from tests.datasets.claims.reports import DEFECTIVE, SOUND, expected, page
from tests.outcome import Outcome, outcome

AMOUNTS = ("billed", "adjust", "paid")
QUARANTINED = {
    "missing_td": ("paid", "required"),
    "bad_money": ("billed", "type"),
    "bad_date": ("service_date", "type"),
}


@pytest.fixture(scope="module", params=["pandas", "pyarrow"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return get_engine(request.param)


def judged(data: bytes, engine: Engine) -> Outcome:
    return outcome("claims", engine, SourceFile("report.html", data))


@pytest.fixture(scope="module")
def defective(engine: Engine) -> Outcome:
    return judged(page(DEFECTIVE), engine)


def test_the_columns_of_the_contract_are_those_that_are_extracted():
    extracted = read_file(page(DEFECTIVE), "report.html", 0)
    for table in load_dataset("claims").contract.tables:
        names = [name for name in extracted.tables[table.name].column_names if not name.startswith("_")]
        assert names == list(table.columns)


def test_six_defective_claims_are_quarantined_with_their_messages_and_all_others_get_through(defective: Outcome):
    rows = defective.verdicts["claims"].to_pylist()
    found = {row["_row_no"] - 1: (row["column"], row["rule"]) for row in rows if row["outcome"] == "quarantined"}
    defects = expected(DEFECTIVE)["defects"]
    assert found == {one["row"]: QUARANTINED[one["kind"]] for one in defects if one["kind"] in QUARANTINED}
    claims, messages = defective.ledger["claims"], defective.ledger["claim_messages"]
    assert (claims.read, claims.silver, claims.quarantined) == (200, 194, 6)
    assert (messages.read, messages.silver, messages.quarantined) == (149, 146, 3)


def test_every_defect_is_told_of_and_nothing_else(defective: Outcome):
    told = {row["_row_no"] - 1 for row in defective.verdicts["claims"].to_pylist()}
    assert told == {one["row"] for one in expected(DEFECTIVE)["defects"]}


def test_the_others_load_as_printed(defective: Outcome):
    rows = {row["row"] - 1: row for row in defective.silver["claims"].to_pylist()}
    kinds: dict[str, list] = {}
    for one in expected(DEFECTIVE)["defects"]:
        kinds.setdefault(one["kind"], []).append(rows.get(one["row"]))
    assert {row["adjust"] for row in kinds["thousands_and_parentheses"]} == {Decimal("-1234.50")}
    assert {(row["phn_province"], row["phn"]) for row in kinds["empty_phn"]} == {(None, None)}
    assert {row["comments"] for row in kinds["escaped_markup_in_message"]} == {'Synthetic <b>bold</b> & "quoted" note'}
    assert {row["comments"] for row in kinds["no_message_row"]} == {"Not Assigned"}


@pytest.mark.parametrize("name", SOUND)
def test_of_a_sound_report_every_row_gets_through_and_nothing_is_said(name: str, engine: Engine):
    result = judged(page(name), engine)
    assert {balance.read - balance.silver for balance in result.ledger.values()} == {0}
    assert {table.num_rows for table in result.verdicts.values()} == {0}


def test_gold_comes_to_the_answers(engine: Engine):
    result = judged(page("claims_2189"), engine)
    months = result.gold["agg_claims_by_type_month"].to_pylist()
    for record_type, group in expected("claims_2189")["groups"].items():
        of_type = [row for row in months if row["record_type"] == record_type]
        assert sum(row["claims"] for row in of_type) == group["records"]
        assert {name: str(sum(row[name] for row in of_type)) for name in AMOUNTS} == {n: group[n] for n in AMOUNTS}
    assert sum(row["refusals"] for row in result.gold["agg_refusal_reasons"].to_pylist()) == 33


def test_gold_holds_no_health_number(engine: Engine):
    result = judged(page("claims_300"), engine)
    numbers = {row["phn"] for row in result.silver["claims"].to_pylist()}
    tokens = {row["phn"] for row in result.gold["fact_claims"].to_pylist()}
    assert len(numbers) == len(tokens) > 0
    assert numbers.isdisjoint(tokens)


def test_two_reports_of_one_job_keep_their_claims_and_messages_apart(engine: Engine):
    files = [SourceFile(f"{name}.html", page(name)) for name in ("claims_300", "claims_60_empty_refused")]
    result = outcome("claims", engine, *files)
    assert {table: balance.silver for table, balance in result.ledger.items()} == {"claims": 360, "claim_messages": 269}


@pytest.mark.parametrize(("claims", "seed", "fault_rate"), [(1_000, 1, 0.05), (500, 2, 0.5), (300, 3, 0.0)])
def test_exactly_the_faulty_rows_are_rejected_or_told_of(claims: int, seed: int, fault_rate: float, engine: Engine):
    sample = generate(claims, seed, fault_rate)
    result = judged(sample.page, engine)
    assert unbalanced(result.ledger) == []
    for table in ("claims", "claim_messages"):
        rows = result.verdicts[table].to_pylist()
        rejected = {row["_row_no"]: (row["column"], row["rule"]) for row in rows if row["outcome"] in REJECTING}
        told: dict[int, set] = {}
        for row in rows:
            if row["outcome"] not in REJECTING:
                told.setdefault(row["_row_no"], set()).add((row["column"], row["rule"]))
        assert rejected == sample.rejections[table]
        assert told == sample.findings[table]
