"""The reports that are about, and the answers to them."""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.datasets.claims.claim_tables import claim_tables
from shared.datasets.claims.report import Report, read_report

DATA = Path(__file__).parent / "data"
SOUND = ("claims_300", "claims_2189", "claims_60_empty_refused", "claims_60_no_refused_table")
DEFECTIVE = "claims_200_defects"

Row = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """A report, its tables as rows, and what is known of it."""

    report: Report
    claims: list[Row]
    messages: list[Row]
    expected: Row


@cache
def page(name: str) -> bytes:
    return gzip.decompress((DATA / f"{name}.html.gz").read_bytes())


def expected(name: str) -> Row:
    answers: Row = json.loads((DATA / f"{name}.expected.json").read_text("utf-8"))
    return answers


@cache
def read(name: str) -> Read:
    report = read_report(page(name), "report.html")
    tables = claim_tables(report, "report.html", 0)
    return Read(report, tables["claims"].to_pylist(), tables["claim_messages"].to_pylist(), expected(name))


def cents(text: str | None) -> int:
    """Return an amount as a sound report prints it, or the answers write it."""
    return int((text or "").replace("$", "").replace(",", "").replace(".", ""))
