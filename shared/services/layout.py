"""Where everything of a job lies in storage: every path is a function of the job and, for outputs, of the run."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import is_job_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.domain.job import Job, JobFile

_INBOX = "inbox"
_MAX_NAME_BYTES = 200
_MAX_TABLE_NAME = 64
_FORBIDDEN = frozenset('/\\<>:"|?*#%')


@dataclass(frozen=True, slots=True)
class Layout:
    """The containers of a deployment and the paths inside them."""

    bronze: str = "bronze"
    silver: str = "silver"
    gold: str = "gold"
    manifests: str = "manifests"
    landing: str = "landing"
    staging: str = "staging"
    exports: str = "exports"

    def place(self, file: JobFile) -> tuple[str, str]:
        """Return container and path of a file of a job."""
        return file.container or self.bronze, file.blob

    def cleaned(self, job: Job, run_id: str) -> tuple[str, str]:
        """Return container and prefix of a run's silver rows."""
        return self.silver, f"cleaned/{_job_prefix(job)}{run_id}/"

    def quarantine(self, job: Job, run_id: str) -> tuple[str, str]:
        """Return container and prefix of a run's verdicts."""
        return self.silver, f"quarantine/{_job_prefix(job)}{run_id}/"

    def analytics(self, job: Job, run_id: str) -> tuple[str, str]:
        """Return container and prefix of a run's gold."""
        return self.gold, f"analytics/{_job_prefix(job)}{run_id}/"

    def exports_of(self, job: Job) -> tuple[str, str]:
        """Return container and prefix of what a job hands out."""
        return self.exports, _job_prefix(job)

    def places(self, job: Job) -> tuple[tuple[str, str], ...]:
        """Return all containers and prefixes under which a job leaves something, its runs each under their own id."""
        prefix = _job_prefix(job)
        return (
            (self.silver, f"cleaned/{prefix}"),
            (self.silver, f"quarantine/{prefix}"),
            (self.gold, f"analytics/{prefix}"),
            (self.manifests, f"{job.job_id}/"),
            self.staged(job.job_id),
            self.exports_of(job),
        )

    def staged(self, job_id: str) -> tuple[str, str]:
        """Return container and prefix of what a job on the large path needs until it has ended."""
        return self.staging, f"{job_id}/"

    def shards(self, job_id: str) -> tuple[str, str]:
        """Return container and prefix of the pieces into which the files of a large job are cut."""
        return self.staging, f"{job_id}/shards/"

    def shard_index(self, job_id: str) -> tuple[str, str]:
        """Return container and path of the index of these pieces, which is there once all of them are."""
        return self.staging, f"{job_id}/shards/index.json"

    def sharding_note(self, job_id: str, run_id: str) -> tuple[str, str]:
        """Return container and path of the note that says how far these pieces are, for the run that asked for them."""
        return self.staging, f"{job_id}/{run_id}/sharding.json"

    def work(self, job_id: str, run_id: str) -> tuple[str, str]:
        """Return container and prefix of what a run on the large path needs while it lasts."""
        return self.staging, f"{job_id}/{run_id}/"

    def report(self, job_id: str, run_id: str, stage: str) -> tuple[str, str]:
        """Return container and path of what a run on the large path says of silver or gold."""
        return self.manifests, f"{job_id}/{run_id}/{stage}.json"

    def reference(self, job_id: str, table: str) -> tuple[str, str]:
        """Return container and path of the keys of a table in the warehouse to which a large job may refer."""
        return self.staging, f"{job_id}/references/{table}.parquet"

    def publication(self, job_id: str, kind: str, table: str) -> tuple[str, str]:
        """Return container and prefix of a table's Parquet that is written for publishing alone."""
        return self.staging, f"{job_id}/publication/{kind}/{table}/"

    def run_records(self, job_id: str, run_id: str) -> tuple[str, str]:
        """Return container and prefix of what is written down of one run."""
        return self.manifests, f"{job_id}/{run_id}/"

    def large_claim(self, job_id: str, run_id: str) -> tuple[str, str]:
        """Return container and path of the large path's claim on a job for a run."""
        return self.manifests, f"{job_id}/{run_id}/claim.json"

    def claims_of(self, pipeline_run_id: str) -> tuple[str, str]:
        """Return container and prefix of the notes that say which jobs a run of the pipeline has claimed."""
        return self.manifests, f"claims/{pipeline_run_id}/"

    def departures(self) -> tuple[str, str]:
        """Return container and prefix of the notes that say which deleted jobs the analytical warehouse still has."""
        return self.manifests, "departures/"

    def sent(self, job: Job) -> tuple[tuple[str, str], ...]:
        """Return the containers and prefixes of a job's files as they were sent, taken in or not."""
        return (self.bronze, _job_prefix(job)), (self.landing, _landing_prefix(job.user_id, job.job_id))

    def returned_workbook(self, job: Job) -> tuple[str, str]:
        """Return container and path of the workbook that came back with the corrections of a job, as it was sent."""
        return self.bronze, f"{_job_prefix(job)}corrections.xlsx"

    def intake(self, job_id: str) -> tuple[str, str]:
        """Return container and path of what a job was asked to do."""
        return self.manifests, f"{job_id}/receipt.json"

    def batch_files(self, job_id: str) -> tuple[str, str]:
        """Return container and path of the list of dropped files that make a job."""
        return self.manifests, f"{job_id}/files.json"

    def open_batch(self, folder: str) -> tuple[str, str]:
        """Return container and path of the note that says which job gathers what is dropped in a folder."""
        return self.manifests, f"{folder}open.json"

    def replays(self, job_id: str) -> tuple[str, str]:
        """Return container and prefix of the notes that say which jobs replay a job; they outlive it."""
        return self.manifests, f"replays/{job_id}/"

    def replay(self, job_id: str, number: int) -> tuple[str, str]:
        """Return container and path of the note that says which job is a job's replay of that number."""
        container, prefix = self.replays(job_id)
        return container, f"{prefix}{number:06d}.json"

    def manifest(self, job_id: str) -> tuple[str, str]:
        """Return container and path of a job's manifest."""
        return self.manifests, f"{job_id}.json"

    def failed_run(self, job_id: str, run_id: str) -> tuple[str, str]:
        """Return container and path of what a failed run found out."""
        return self.manifests, f"{job_id}/{run_id}/ledger.json"

    def scorecard(self, job_id: str, run_id: str) -> tuple[str, str]:
        """Return container and path of a run's scorecard."""
        return self.manifests, f"{job_id}/{run_id}/quality.json"

    def answers(self, job_id: str, run_id: str) -> tuple[str, str]:
        """Return container and path of what the business queries answered after a run was loaded."""
        return self.manifests, f"{job_id}/{run_id}/answers.json"


def staging_table(run_id: str, table: str) -> str:
    """Return the name of the staging table for a run's rows of a table; no more than any database takes."""
    return f"stg_{run_id.replace('-', '_')}_{table}"[:_MAX_TABLE_NAME]


def bronze_paths(user_id: str, parent_job_id: str, job_id: str, filenames: Iterable[str]) -> list[str]:
    """Return a path for each file of a job; names that are equal once they are safe get a number."""
    return _paths(f"{safe_name(user_id)}/{parent_job_id}/{job_id}/", filenames)


def landing_paths(user_id: str, job_id: str, filenames: Iterable[str]) -> list[str]:
    """Return a path for each file that is to be uploaded to storage itself."""
    return _paths(_landing_prefix(user_id, job_id), filenames)


def awaiting_job(path: str) -> str | None:
    """Return the id of the job that waits for what arrives at a path of the landing container, if it is such a path."""
    match path.split("/"):
        case [_, job_id, _] if is_job_id(job_id):
            return job_id
    return None


def batch_of(path: str) -> tuple[str, str] | None:
    """Return dataset and batch of what was dropped at a path of the landing container, if it is such a path."""
    match path.split("/"):
        case [folder, dataset, batch, _] if folder == _INBOX:
            return dataset, batch
    return None


def batch_folder(dataset: str, batch: str) -> str:
    """Return the folder of the landing container in which the files of a batch are dropped."""
    return f"{_INBOX}/{dataset}/{batch}/"


def _paths(prefix: str, filenames: Iterable[str]) -> list[str]:
    taken: dict[str, None] = {}
    for filename in filenames:
        name, number = safe_name(filename), 1
        stem, dot, suffix = name.rpartition(".")
        while name in taken:
            number += 1
            name = f"{stem} ({number}).{suffix}" if dot and stem else f"{suffix} ({number})"
        taken[name] = None
    return [prefix + name for name in taken]


def safe_name(name: str) -> str:
    """Return a name that can stand as one segment of a blob's path.

    Folders, control and direction characters and what file systems refuse are left out or replaced; letters of all
    scripts stay.
    """
    kept = "".join("_" if letter in _FORBIDDEN else letter for letter in base_name(name))
    stem, dot, suffix = kept.strip(" .").rpartition(".")
    stem = _shortened(stem, _MAX_NAME_BYTES - len(suffix.encode()) - 1) if dot else ""
    return _shortened(f"{stem}{dot}{suffix}", _MAX_NAME_BYTES).strip(" .") or "file"


def base_name(name: str) -> str:
    """Return a file's name as it can be shown: without folders, control and direction characters, and not too long."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    return "".join(filter(_is_visible, base)).strip(" .")[-_MAX_NAME_BYTES:]


def _is_visible(letter: str) -> bool:
    return letter == " " or unicodedata.category(letter)[0] not in "CZ"


def _shortened(text: str, most_bytes: int) -> str:
    return text.encode("utf-8", "ignore")[: max(most_bytes, 0)].decode("utf-8", "ignore")


def _landing_prefix(user_id: str, job_id: str) -> str:
    return f"{safe_name(user_id)}/{job_id}/"


def _job_prefix(job: Job) -> str:
    return f"{safe_name(job.user_id)}/{job.parent_job_id}/{job.job_id}/"
