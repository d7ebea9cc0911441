"""The least that any program does with a workbook: read the cells of its sheet, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def run(source: Path, _: datetime, __: Path) -> None:
    """Read the first sheet of the largest workbook in a folder."""
    largest = max(source.iterdir(), key=lambda path: path.stat().st_size)
    CalamineWorkbook.from_path(str(largest)).get_sheet_by_index(0).to_python()
