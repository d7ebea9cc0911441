"""Holds a remittance report against itself: what it states in sum, and in its script, against its rows.

Whatever differs is a finding and no error: every claim goes on as it is printed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from shared.datasets.claims.amounts import amounts_in_cents
from shared.datasets.claims.embedded import UNKNOWN, embedded_claims
from shared.datasets.claims.report import RECORD_TYPES
from shared.datasets.claims.row_findings import row_findings
from shared.domain.scorecard import Reconciled
from shared.frames.money import cents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.datasets.claims.embedded import EmbeddedClaims
    from shared.datasets.claims.report import Report


def reconcile(report: Report, claims: pa.Table) -> tuple[tuple[Reconciled, ...], pa.Table]:
    """Return what the report as a whole states and what its rows give, and what is found of single rows.

    ``claims`` are the report's as text. The findings are as
    :func:`~shared.datasets.claims.row_findings.row_findings` returns them.
    """
    amounts = amounts_in_cents(claims)
    embedded = embedded_claims(report.embedded)
    numbers = (*_counts(report), *_embedded_counts(report, embedded), *_sums(report, claims, amounts))
    return numbers, row_findings(report, claims, amounts, embedded)


def _counts(report: Report) -> Iterator[Reconciled]:
    for record_type in RECORD_TYPES:
        sections = [section for section in report.sections if section.record_type == record_type]
        declared = Decimal(sum(section.declared for section in sections)) if sections else None
        yield Reconciled(
            f"declared_{_code(record_type)}", declared, Decimal(sum(section.found for section in sections))
        )


def _embedded_counts(report: Report, embedded: EmbeddedClaims | None) -> Iterator[Reconciled]:
    for record_type in (*RECORD_TYPES, UNKNOWN):
        stated = None if embedded is None else Decimal(len(embedded[record_type]))
        found = sum(section.found for section in report.sections if section.record_type == record_type)
        yield Reconciled(f"embedded_{_code(record_type)}", stated, Decimal(found))


def _sums(report: Report, claims: pa.Table, amounts: dict[str, pa.Array]) -> Iterator[Reconciled]:
    record_type = claims["record_type"].combine_chunks()
    sums = {
        "total_billed": amounts["billed"],
        "total_paid": amounts["paid"],
        "total_held": amounts["billed"].filter(pc.equal(record_type, "In Hold")),
        "total_adjusted": amounts["adjust"].filter(pc.equal(record_type, "Paid")),
    }
    for name, values in sums.items():
        yield Reconciled(name, _stated(report, name), Decimal(pc.sum(values).as_py() or 0).scaleb(-2))


def _code(record_type: str) -> str:
    return record_type.lower().replace(" ", "_")


def _stated(report: Report, name: str) -> Decimal | None:
    """Return a sum as stated; a report for several payees states one for each of them."""
    texts = report.stated.get(name)
    if not texts:
        return None
    stated = nw.from_native(pa.table({"text": texts})).select(cents(nw.col("text")).alias("cents")).to_native()
    values = stated["cents"]
    return None if values.null_count else Decimal(pc.sum(values).as_py()).scaleb(-2)
