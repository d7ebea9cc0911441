"""What the demo sends: e-commerce files of four sizes, one of them too large, and a job of every other kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from devkit.samples import appointments, claims, ecommerce, hiring
from devkit.samples.ecommerce.generate import AS_OF

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_HIRES, _APPOINTMENTS, _CLAIMS = 1_500, 1_000, 1_000
#: Name, records, and the share of objects with a fault.
_PLAN = (
    ("a clean day", 300, 0.0),
    ("a usual day", 2_000, 0.05),
    ("a full batch", 10_000, 0.05),
    ("more than a batch", 11_000, 0.05),
)


@dataclass(frozen=True, slots=True)
class Upload:
    """The files of one job by their names, the job's own name, and the moment as of which it is judged.

    ``expected`` is the answer key: by table, how many rows must go where.
    """

    name: str
    dataset: str
    files: dict[str, bytes]
    records: int
    as_of: datetime
    expected: dict[str, dict[str, int]]

    @property
    def size(self) -> int:
        """How many bytes are sent."""
        return sum(map(len, self.files.values()))


def sample_uploads() -> Iterator[Upload]:
    """Yield what the demo sends, each upload made when it is asked for."""
    for seed, (name, records, fault_rate) in enumerate(_PLAN, start=1):
        sample = ecommerce.generate(records, seed, fault_rate)
        files = {f"{name.replace(' ', '-')}.json": msgspec.json.encode(sample.records)}
        yield Upload(name, "ecommerce", files, records, AS_OF, sample.ledger)
    hires = hiring.generate(_HIRES)
    files = {f"{table}.csv": content for table, content in hires.files().items()}
    yield Upload("hires, three files", "hiring", files, sum(hires.read.values()), AS_OF, hires.ledger)
    booked = appointments.generate(_APPOINTMENTS)
    files = {f"{table}.xlsx": content for table, content in booked.files().items()}
    yield Upload("two workbooks", "appointments", files, sum(booked.read.values()), AS_OF, booked.ledger)
    report = claims.generate(_CLAIMS)
    yield Upload("a report of claims", "claims", {"report.html": report.page}, _CLAIMS, AS_OF, report.ledger)
