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
    from shared.services.large.holdings import Holdings

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

    holdings: Holdings
    pipelines: PipelineClient

    def __call__(self, job_id: str, by: str) -> Started:
        """Start the pipeline, which takes up the job and others that wait; started twice, one finds nothing to do.

        Raises :class:`NotFoundError` for an unknown job, :class:`ConflictError` for one that does not wait for the
        large path, and :class:`UnavailableError` when no pipeline can be started.
        """
        with job_logging(job_id):
            journal = self.holdings.journal
            job = journal.get(job_id)
            if not self.holdings.is_free(job):
                raise not_waiting(job)
            run_id = self.pipelines.start(_PIPELINE, {})
            note = f"{by} had {_PIPELINE} started (pipeline run {run_id})."
            while self.holdings.is_free(job):
                try:
                    job = journal.record(job, job.state, note=note)
                    break
                except ConflictError:
                    job = journal.get(job_id)
            return Started(job, _PIPELINE, run_id)
