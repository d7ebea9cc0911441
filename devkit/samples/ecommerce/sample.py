"""A sample: records with their answer key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from devkit.samples.answer_key import AnswerKey

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(AnswerKey):
    """Records with their answer key."""

    records: list[Any]

    def write_json(self, path: Path) -> None:
        """Write the records as one JSON array."""
        path.write_bytes(msgspec.json.encode(self.records))

    def write_ndjson(self, path: Path) -> None:
        """Write the records as NDJSON, one a line."""
        encoder = msgspec.json.Encoder()
        with path.open("wb") as file:
            for record in self.records:
                file.write(encoder.encode(record))
                file.write(b"\n")
