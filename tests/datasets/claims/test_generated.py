"""Of reports with known faults exactly those are found that the rules of the contract do not find."""

from collections import defaultdict

import pytest

from devkit.samples.claims import generate
from shared.datasets.claims.extract import read_file

#: The contract's own rules find these.
BY_RULES = {("adjust", "money")}


@pytest.mark.parametrize(
    ("claims", "seed", "fault_rate"), [(1_000, 1, 0.05), (500, 2, 0.5), (300, 3, 0.0), (0, 4, 0.0)]
)
def test_exactly_the_faulty_claims_are_found(claims: int, seed: int, fault_rate: float):
    sample = generate(claims, seed, fault_rate)
    extracted = read_file(sample.page, "report.html", 0)
    assert {name: table.num_rows for name, table in extracted.tables.items()} == sample.read
    found = defaultdict(set)
    for row in extracted.findings["claims"].to_pylist():
        if row["_row_no"] not in sample.rejections["claims"]:
            found[row["_row_no"]].add((row["column"], row["rule"]))
    assert found == {number: told - BY_RULES for number, told in sample.findings["claims"].items()}


def test_a_report_without_faults_agrees_with_itself():
    extracted = read_file(generate(300, fault_rate=0).page, "report.html", 0)
    assert {one.agrees for one in extracted.reconciliation} == {True}
