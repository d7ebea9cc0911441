"""The records of claims: each with its run, and a note of it under the run of the pipeline that has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from shared.domain.large_claim import LargeClaim
from shared.services.notes import read_note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.ports import BlobStore
    from shared.services.layout import Layout


@dataclass(frozen=True, slots=True)
class Claims:
    """Reads and writes them."""

    blobs: BlobStore
    layout: Layout

    def save(self, claim: LargeClaim) -> None:
        """Keep a claim with its run, and note under the pipeline's run that it has it."""
        container, prefix = self.layout.claims_of(claim.pipeline_run_id)
        self.blobs.put(*self.layout.large_claim(claim.job_id, claim.run_id), msgspec.json.encode(claim))
        self.blobs.put(container, prefix + claim.job_id, claim.run_id.encode())

    def of_run(self, job_id: str, run_id: str | None) -> LargeClaim | None:
        """Return the claim of a run, None where there is none."""
        if run_id is None:
            return None
        return read_note(self.blobs, self.layout.large_claim(job_id, run_id), LargeClaim)

    def of_pipeline(self, pipeline_run_id: str) -> Iterator[LargeClaim]:
        """Yield what a run of the pipeline has claimed and not yet given up."""
        container, prefix = self.layout.claims_of(pipeline_run_id)
        for path in list(self.blobs.list(container, prefix)):
            claim = self.of_run(path.removeprefix(prefix), self.blobs.get(container, path).decode())
            if claim is not None:
                yield claim

    def forget(self, claim: LargeClaim) -> None:
        """Note that a run of the pipeline has a claim no more."""
        container, prefix = self.layout.claims_of(claim.pipeline_run_id)
        self.blobs.delete(container, prefix + claim.job_id)
