"""The answer of a business query, as it was right after a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A query's name, what it asks, the values its parameters had, and the rows that answered it."""

    name: str
    title: str
    parameters: dict[str, str]
    rows: list[dict[str, Any]]
