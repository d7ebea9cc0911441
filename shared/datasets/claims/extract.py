"""Reads the files of the claims dataset that the usual readers do not: remittance reports, which are web pages."""

from __future__ import annotations

from shared.datasets.claims.claim_tables import claim_tables
from shared.datasets.claims.reconcile import reconcile
from shared.datasets.claims.report import read_report
from shared.datasets.extraction import Extracted


def read_file(data: bytes, filename: str, file_no: int) -> Extracted:
    """Return what a remittance report holds.

    Raises :class:`~shared.errors.UnreadableFileError` when the page is no such report.
    """
    report = read_report(data, filename)
    tables = claim_tables(report, filename, file_no)
    reconciliation, findings = reconcile(report, tables["claims"])
    return Extracted(tables, {"claims": findings}, reconciliation)
