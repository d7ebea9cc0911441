"""Starts the large path for a job that would else wait for the next time it is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import ProcessingPath
from shared.domain.routing import PATHS
from shared.errors import ConflictError
from shared.logs import job_logging
from shared.services.large.not_waiting import not_waiting

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.ports import PipelineClient
    from shared.services.journal import Journal

_PIPELINE = PATHS[ProcessingPath.LARGE_BATCH].pipeline


@dataclass(frozen=True, slots=True)
class Started:
    """A run of a pipeline that was started for a job."""

    job: Job
    pipeline: str
    pipeline_run_id: str


@dataclass(frozen=True, slots=True)
class RunNow:
    """The use case."""

    journal: Journal
    pipelines: PipelineClient

    def __call__(self, job_id: str, by: str) -> Started:
        """Start the pipeline, which takes up the job and others that wait; started twice, one finds nothing to do.

        Raises :class:`NotFoundError` for an unknown job, :class:`ConflictError` for one that does not wait for the
        large path, and :class:`UnavailableError` when no pipeline can be started.
        """
        with job_logging(job_id):
            job = self.journal.get(job_id)
            if not job.waits_for_large_path:
                raise not_waiting(job)
            run_id = self.pipelines.start(_PIPELINE, {})
            note = f"{by} had {_PIPELINE} started (pipeline run {run_id})."
            while job.waits_for_large_path:
                try:
                    job = self.journal.record(job, job.state, note=note)
                    break
                except ConflictError:
                    job = self.journal.get(job_id)
            return Started(job, _PIPELINE, run_id)
