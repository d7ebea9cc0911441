"""Reads the files of the claims dataset that the usual readers do not, and completes what those have read.

The former are remittance reports, which are web pages, the latter claims in rows and columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.datasets.claims.amounts import amounts_in_cents
from shared.datasets.claims.claim_tables import claim_tables
from shared.datasets.claims.file_claims import as_claims
from shared.datasets.claims.reconcile import reconcile
from shared.datasets.claims.report import read_report
from shared.datasets.claims.row_findings import findings_of_claims
from shared.datasets.extraction import Extracted

if TYPE_CHECKING:
    import pyarrow as pa


def read_file(data: bytes, filename: str, file_no: int) -> Extracted:
    """Return what a remittance report holds.

    Raises :class:`~shared.errors.UnreadableFileError` when the page is no such report.
    """
    report = read_report(data, filename)
    tables = claim_tables(report, filename, file_no)
    reconciliation, findings = reconcile(report, tables["claims"])
    return Extracted(tables, {"claims": findings}, reconciliation)


def complete(tables: dict[str, pa.Table]) -> Extracted:
    """Return what the usual readers have read, with the columns that no file need have, and what is found of claims."""
    if "claims" not in tables:
        return Extracted(tables)
    claims = as_claims(tables["claims"])
    findings = findings_of_claims(claims, amounts_in_cents(claims))
    return Extracted({**tables, "claims": claims}, {"claims": findings})
