"""Reads the files of the claims dataset that the usual readers do not: remittance reports, which are web pages."""

from __future__ import annotations

from shared.datasets.claims.claim_tables import claim_tables
from shared.datasets.claims.reconcile import reconcile
from shared.datasets.claims.report import read_report
from shared.datasets.extraction import Extracted
from shared.readers.sniff import SNIFFED_BYTES, Kind, sniff


def read_file(data: bytes, filename: str, file_no: int) -> Extracted | None:
    """Return what a remittance report holds, None of a file that is no web page.

    Raises :class:`~shared.errors.UnreadableFileError` when the page is no such report.
    """
    if sniff(data[:SNIFFED_BYTES]) is not Kind.MARKUP:
        return None
    report = read_report(data, filename)
    tables = claim_tables(report, filename, file_no)
    reconciliation, findings = reconcile(report, tables["claims"])
    return Extracted(tables, {"claims": findings}, reconciliation)
