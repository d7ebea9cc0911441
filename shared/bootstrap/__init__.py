"""Joins settings, adapters and services into the application. The only package that knows the adapters.

Everything here is made when it is first asked for, so that importing the functions and building the app cost
nothing and need no environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from shared.bootstrap.questions import Questions

if TYPE_CHECKING:
    from shared.services.arrivals import Arrivals
    from shared.services.clean_data import CleanData
    from shared.services.correct import Correct
    from shared.services.delete import Delete
    from shared.services.expect import Expect
    from shared.services.fetch import Fetch
    from shared.services.inbox import Inbox
    from shared.services.ingest import Ingest
    from shared.services.process import Process
    from shared.services.receive import Receive
    from shared.services.rehearse import Rehearse
    from shared.services.rejection_workbook import RejectionWorkbook
    from shared.services.replay import Replay
    from shared.services.retry import Retry
    from shared.services.stop import Stop
    from shared.services.sweep import Sweep
    from shared.services.sweep_landing import SweepLanding
    from shared.services.take_in import TakeIn

# ruff: noqa: PLC0415 - see above


@dataclass(frozen=True)
class App(Questions):
    """The application: its use cases, over parts that are made once and shared by all threads."""

    @cached_property
    def receive(self) -> Receive:
        """Take in the files of a job."""
        from shared.services.receive import Receive

        return Receive(
            blobs=self.blobs,
            bronze=self._layout.bronze,
            jobs=self.job_store,
            records=self._records,
            dispatch=self._dispatch,
            clock=self.clock,
            threshold=self.settings.small_batch_threshold,
        )

    @cached_property
    def fetch(self) -> Fetch:
        """Take in a file that lies on the web."""
        from shared.services.fetch import Fetch

        return Fetch(self.web, self.receive, self.settings.max_upload_bytes)

    @cached_property
    def ingest(self) -> Ingest:
        """Take in rows of one table and process them at once."""
        from shared.services.ingest import Ingest

        return Ingest(self.receive, self.process, self._dispatch, self.jobs, self.settings.max_ingest_rows)

    @cached_property
    def expect(self) -> Expect:
        """Make a job whose files come later."""
        from shared.services.expect import Expect

        life = timedelta(minutes=self.settings.upload_life_minutes)
        return Expect(self.blobs, self.job_store, self._records, self.signer, self.clock, life)

    @cached_property
    def clean_data(self) -> CleanData:
        """Make a job of raw data."""
        from shared.services.clean_data import CleanData

        raw, threshold = self.settings.raw_container, self.settings.small_batch_threshold
        return CleanData(self.blobs, raw, self.expect, self._dispatch, threshold)

    @cached_property
    def arrivals(self) -> Arrivals:
        """Have files taken in that came to storage without a request."""
        from shared.services.arrivals import Arrivals

        return Arrivals(self.blobs, self._journal, self._records, self._dispatch, self._inbox)

    @cached_property
    def take_in(self) -> TakeIn:
        """Count the files of a waiting job and send it on its way."""
        from shared.services.take_in import TakeIn

        return TakeIn(
            blobs=self.blobs,
            journal=self._journal,
            records=self._records,
            dispatch=self._dispatch,
            inbox=self._inbox,
            threshold=self.settings.small_batch_threshold,
        )

    @cached_property
    def process(self) -> Process:
        """Take a queued small job to its end."""
        from shared.bootstrap.memory import frugal_memory
        from shared.services.process import Process
        from shared.services.publish import Publish

        publish = Publish(
            journal=self._journal,
            records=self._records,
            outputs=self._outputs,
            warehouse=self.warehouse,
            answers=self.answers,
            export=self.export,
        )
        return Process(
            journal=self._journal,
            records=self._records,
            outputs=self._outputs,
            leftovers=self._leftovers,
            medallion=self._medallion,
            publish=publish,
            memory=frugal_memory,
        )

    @cached_property
    def stop(self) -> Stop:
        """End a job that is not wanted any more."""
        from shared.services.stop import Stop

        return Stop(self._journal, self._leftovers)

    @cached_property
    def delete(self) -> Delete:
        """Remove what a job has brought."""
        from shared.services.delete import Delete

        return Delete(self._journal, self._records, self._leftovers, self.warehouse, self._departures)

    @cached_property
    def retry(self) -> Retry:
        """Take a failed or waiting job up again."""
        from shared.services.retry import Retry

        return Retry(
            blobs=self.blobs,
            journal=self._journal,
            records=self._records,
            dispatch=self._dispatch,
            threshold=self.settings.small_batch_threshold,
        )

    @cached_property
    def replay(self) -> Replay:
        """Run the files of a job once more."""
        from shared.services.replay import Replay

        threshold = self.settings.small_batch_threshold
        return Replay(self._journal, self._records, self._dispatch, self._overtaken, threshold)

    @cached_property
    def rehearse(self) -> Rehearse:
        """Say what a replay would change."""
        from shared.bootstrap.memory import frugal_memory
        from shared.services.rehearse import Rehearse

        return Rehearse(
            journal=self._journal,
            records=self._records,
            outputs=self._outputs,
            medallion=self._medallion,
            overtaken=self._overtaken,
            memory=frugal_memory,
        )

    @cached_property
    def rejection_workbook(self) -> RejectionWorkbook:
        """Make the workbook in which rejected rows are corrected."""
        from shared.services.rejection_workbook import RejectionWorkbook

        return RejectionWorkbook(self._journal, self._rejected)

    @cached_property
    def correct(self) -> Correct:
        """Take a corrected workbook back."""
        from shared.services.correct import Correct

        return Correct(
            blobs=self.blobs,
            journal=self._journal,
            records=self._records,
            rejected=self._rejected,
            receive=self.receive,
            overtaken=self._overtaken,
        )

    @cached_property
    def sweep(self) -> Sweep:
        """Queue again what nobody works on."""
        from shared.services.sweep import Sweep

        return Sweep(self._journal, self._records, self._dispatch, self.delete, self.warehouse, self.clock)

    @cached_property
    def sweep_landing(self) -> SweepLanding:
        """Look after what arrives without a request."""
        from shared.services.sweep_landing import SweepLanding

        return SweepLanding(
            blobs=self.blobs,
            journal=self._journal,
            records=self._records,
            dispatch=self._dispatch,
            arrivals=self.arrivals,
            inbox=self._inbox,
        )

    @cached_property
    def _inbox(self) -> Inbox:
        from shared.services.inbox import Inbox

        return Inbox(
            blobs=self.blobs,
            jobs=self.job_store,
            records=self._records,
            expect=self.expect,
            dispatch=self._dispatch,
            clock=self.clock,
            patience=timedelta(minutes=self.settings.inbox_wait_minutes),
        )


@lru_cache(maxsize=1)
def get_app() -> App:
    """Return the application of this process; raises :class:`AppError` when settings are missing."""
    from shared.bootstrap.memory import share_one_allocator
    from shared.logs import configure_logging
    from shared.settings import get_settings

    settings = get_settings()
    configure_logging(settings.log_level)
    share_one_allocator()
    return App(settings)
