"""What the demo sends: sample files of four sizes, one of them too large for the small path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from devkit.samples.ecommerce import generate
from devkit.samples.ecommerce.generate import AS_OF

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from devkit.samples.ecommerce import Sample

_DATASET = "ecommerce"
#: Name, records, and the share of objects with a fault.
_PLAN = (
    ("a clean day", 300, 0.0),
    ("a usual day", 2_000, 0.05),
    ("a full batch", 10_000, 0.05),
    ("more than a batch", 11_000, 0.05),
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send, the name of its job, and the moment as of which it is judged.

    ``expected`` is the answer key: by table, how many rows must go where.
    """

    name: str
    dataset: str
    filename: str
    content: bytes
    records: int
    as_of: datetime
    expected: dict[str, dict[str, int]]


def sample_uploads() -> Iterator[Upload]:
    """Yield the files of the demo, each made when it is asked for."""
    for seed, (name, records, fault_rate) in enumerate(_PLAN, start=1):
        sample = generate(records, seed, fault_rate)
        content = msgspec.json.encode(sample.records)
        filename = f"{name.replace(' ', '-')}.json"
        yield Upload(name, _DATASET, filename, content, records, AS_OF, _answers(sample))


def _answers(sample: Sample) -> dict[str, dict[str, int]]:
    return {
        table: {
            "read": read,
            "silver": sample.accepted[table],
            "quarantined": len(sample.rejections[table]),
            "duplicate": len(sample.duplicates[table]),
            "skipped": 0,
        }
        for table, read in sample.read.items()
    }
