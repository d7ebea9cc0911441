"""The appointments that are about, and workbooks whose outcome can be worked out by hand."""

from __future__ import annotations

from pathlib import Path

from shared.medallion.bronze import SourceFile
from tests.workbooks import sheet, workbook

DATA = Path(__file__).parent / "data"
HEADER = ["booking_id", "patient_id", "doctor_id", "booking_date", "status"]
GOOD = {"booking_id": 1, "patient_id": 34, "doctor_id": 100, "booking_date": "2025-10-22", "status": "confirmed"}


def known_files() -> list[SourceFile]:
    """Return the two workbooks whose answers are known."""
    return [
        SourceFile(f"{table}.xlsx", (DATA / f"{table}.xlsx").read_bytes(), table)
        for table in ("appointments", "doctors")
    ]


def doctors(*numbers: int) -> SourceFile:
    rows = [[number, f"Dr. {number}", "Vein"] for number in numbers]
    content = workbook(sheet(["doctor_id", "name", "specialty"], *rows))
    return SourceFile("doctors.xlsx", content, "doctors")


def appointments(*rows: dict, header: list[str] = HEADER) -> SourceFile:
    """Return a workbook of faultless appointments with changes, numbered from 1."""
    filled = [{**GOOD, "booking_id": number, **row} for number, row in enumerate(rows, 1)]
    content = workbook(sheet(header, *([row[name] for name in header] for row in filled)))
    return SourceFile("appointments.xlsx", content, "appointments")
