"""Something that is wrong with a definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What is wrong, in which file, and where in it: a JSON path from ``$``."""

    file: Path
    path: str
    reason: str
