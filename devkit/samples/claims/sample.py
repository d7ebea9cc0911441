"""A sample of claims: the page of a remittance report with its answer key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devkit.samples.answer_key import AnswerKey

if TYPE_CHECKING:
    from pathlib import Path

    from devkit.samples.claims.claim import SampleClaim


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsSample(AnswerKey):
    """A report as a page in UTF-8, its claims as they are printed, and the answer key."""

    page: bytes
    claims: list[SampleClaim]

    def write_page(self, path: Path) -> None:
        """Write the report as a web page."""
        path.write_bytes(self.page)
