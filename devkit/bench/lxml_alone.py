"""The least that any program does with a web page: parse it, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import html

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def run(source: Path, _: datetime, __: Path) -> None:
    """Parse a page into a tree."""
    html.document_fromstring(source.read_bytes())
