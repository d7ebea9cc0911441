"""What the business queries of a dataset answer right after a job, kept with the job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.answer import Answer
from shared.errors import GoneError, NotFoundError

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.services.explore import Explorer
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class Answers:
    """Asks the queries with the defaults of their parameters, and finds again what they answered."""

    explorer: Explorer
    records: JobRecords

    def keep(self, job: Job, run_id: str) -> None:
        """Ask all queries of a job's dataset and keep the answers; may be repeated, and then the latest count.

        Raises :class:`UnavailableError` when the warehouse does not answer.
        """
        answers = []
        for query in load_dataset(job.dataset).queries:
            parameters = {parameter.name: parameter.default for parameter in query.parameters}
            rows = self.explorer.run(query.name, parameters).to_pylist()
            answers.append(Answer(query.name, query.title, parameters, rows))
        self.records.save_answers(job.job_id, run_id, answers)

    def of(self, job: Job) -> list[Answer]:
        """Return the answers of a job.

        Raises :class:`NotFoundError` when nothing of it is published, and :class:`GoneError` when it was deleted.
        """
        if job.deletion is not None:
            raise GoneError(f"Job {job.job_id} was deleted, and its answers with it.", code="job_deleted")
        answers = self.records.answers(job.job_id, job.run_id) if job.run_id else None
        if answers is None:
            raise NotFoundError(
                f"Nothing of job {job.job_id} is published, so no query was asked after it.",
                code="no_answers",
                advice="Wait until it has succeeded.",
                state=job.state.value,
            )
        return answers
