"""Makes a job of raw data that lies in the raw container already, or of a file that the client will upload."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from shared.domain.raw_data import check_raw_path, owner_of_data
from shared.domain.routing import estimate
from shared.errors import InvalidRequestError, NotFoundError
from shared.services.expect import ExpectedFile, ExpectedJob

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from shared.domain.roles import Principal
    from shared.ports import BlobStore
    from shared.services.dispatch import Dispatch
    from shared.services.expect import Expect, Expectation

#: The most files of one job.
MOST_FILES = 100


@dataclass(frozen=True, slots=True)
class CleanRequest:
    """What a client wants to have cleaned: ``blobs`` of the raw container, or all of its files under a parent job.

    Without both, ``filename`` is what it will upload. ``claimed`` is how many records it says there are, ``user_id``
    whose data it is, the caller's own if None.
    """

    caller: Principal
    claimed: int
    dataset: str
    filename: str
    blobs: tuple[str, ...] = ()
    parent_job_id: str | None = None
    user_id: str | None = None
    job_name: str | None = None
    as_of: datetime | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class CleanData:
    """The use case. Raw files are counted and processed from where they lie."""

    blobs: BlobStore
    raw: str
    expect: Expect
    dispatch: Dispatch
    threshold: int

    def __call__(self, request: CleanRequest) -> Expectation:
        """Make the job, and have its files taken in if they are there already.

        Raises :class:`NotFoundError` for an unknown dataset and for raw files that are not there,
        :class:`ForbiddenError` for those of others, and :class:`InvalidRequestError` for names that cannot be.
        """
        owner = owner_of_data(request.caller, request.user_id)
        paths = self._raw_paths(request, owner)
        raw_files = tuple(ExpectedFile(path.rpartition("/")[2], container=self.raw, path=path) for path in paths)
        expectation = self.expect(
            ExpectedJob(
                user_id=owner,
                dataset=request.dataset,
                files=raw_files or (ExpectedFile(request.filename),),
                as_of=request.as_of,
                force=request.force,
                job_name=request.job_name,
                parent_job_id=request.parent_job_id,
                estimate=estimate(request.claimed, self.threshold),
            )
        )
        if raw_files:
            self.dispatch.send_intake(expectation.job)
        return expectation

    def _raw_paths(self, request: CleanRequest, owner: str) -> list[str]:
        """Return the raw files that a request names, each once; none means that it will upload its file."""
        if request.blobs:
            paths = list(dict.fromkeys(request.blobs))
            for path in paths:
                check_raw_path(path, request.caller)
            _check_number(paths)
            missing = next((path for path in paths if self.blobs.stat(self.raw, path) is None), None)
            if missing is not None:
                raise NotFoundError(f"There is no raw file {missing!r}.", code="no_raw_data", blob=missing)
            return paths
        if request.parent_job_id is None:
            return []
        paths = list(islice(self._files_in(f"{owner}/{request.parent_job_id}/"), MOST_FILES + 1))
        _check_number(paths)
        if not paths:
            raise NotFoundError(
                f"There are no raw files of {owner} under the parent job {request.parent_job_id}.",
                code="no_raw_data",
                advice="Put them there, or leave 'parentJobId' out to be given an address for an upload.",
            )
        return paths

    def _files_in(self, folder: str) -> Iterator[str]:
        paths = self.blobs.list(self.raw, folder)
        return (path for path in paths if path != folder and "/" not in path.removeprefix(folder))


def _check_number(paths: list[str]) -> None:
    if len(paths) > MOST_FILES:
        raise InvalidRequestError(
            f"One job takes at most {MOST_FILES} files.",
            code="too_many_files",
            advice="Name them in several requests.",
        )
