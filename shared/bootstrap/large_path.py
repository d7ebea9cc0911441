"""The use cases of the large path, which Data Factory calls by the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from shared.bootstrap.parts import Parts

if TYPE_CHECKING:
    from shared.services.bury import Bury
    from shared.services.large.accept import Accept
    from shared.services.large.await_copy import AwaitCopy
    from shared.services.large.claim_jobs import ClaimJobs
    from shared.services.large.claim_one import ClaimOne
    from shared.services.large.claims import Claims
    from shared.services.large.conclude import Conclude
    from shared.services.large.cut_shards import CutShards
    from shared.services.large.departures import Departures
    from shared.services.large.hand_out import HandOut
    from shared.services.large.holdings import Holdings
    from shared.services.large.publication import Publication
    from shared.services.large.release import Release
    from shared.services.large.report_step import ReportStep
    from shared.services.large.run_now import RunNow
    from shared.services.large.shard import Shard
    from shared.services.large.sharding import Sharding
    from shared.services.large.sharding_notes import ShardingNotes

# ruff: noqa: PLC0415 - made when it is first asked for


@dataclass(frozen=True)
class LargePath(Parts):
    """What Data Factory asks of the app, and what the app asks of it."""

    @cached_property
    def claim_jobs(self) -> ClaimJobs:
        """Hand out jobs of the large path."""
        from shared.services.large.claim_jobs import ClaimJobs

        return ClaimJobs(self._holdings, self._records, self._hand_out, self._dispatch, self.settings.claim_tries)

    @cached_property
    def claim_one(self) -> ClaimOne:
        """Hand out a certain job of the large path."""
        from shared.services.large.claim_one import ClaimOne

        return ClaimOne(self._holdings, self._records, self._hand_out)

    @cached_property
    def report_step(self) -> ReportStep:
        """Take down how far the large path has come with a job."""
        from shared.services.large.report_step import ReportStep

        return ReportStep(self._holdings, self._records, self.sharding, self._accept)

    @cached_property
    def sharding(self) -> Sharding:
        """Have files cut into shards, and ask how far that is."""
        from shared.services.large.sharding import Sharding

        return Sharding(self._records, self._sharding_notes, self._shard, self._dispatch, self.clock)

    @cached_property
    def cut_shards(self) -> CutShards:
        """Cut files into shards."""
        from shared.bootstrap.memory import frugal_memory
        from shared.services.large.cut_shards import CutShards

        return CutShards(self._journal, self._sharding_notes, self._shard, self._leftovers, frugal_memory)

    @cached_property
    def release(self) -> Release:
        """Take a job back from the large path."""
        from shared.services.large.release import Release

        return Release(self._holdings, self._records, self.bury, self.settings.claim_tries)

    @cached_property
    def conclude(self) -> Conclude:
        """Publish what the large path has made."""
        from shared.services.large.conclude import Conclude

        return Conclude(self._journal, self._records, self._dispatch, self.report_step)

    @cached_property
    def publication(self) -> Publication:
        """Say what is copied where."""
        from shared.services.large.publication import Publication

        return Publication(self._journal, self._records, self._outputs, self.warehouse, self._departures)

    @cached_property
    def await_copy(self) -> AwaitCopy:
        """Ask which jobs the analytical warehouse does not have yet."""
        from shared.services.large.await_copy import AwaitCopy

        return AwaitCopy(self._journal, self._departures)

    @cached_property
    def run_now(self) -> RunNow:
        """Start the large path for a job."""
        from shared.services.large.run_now import RunNow

        return RunNow(self._holdings, self.pipelines)

    @cached_property
    def bury(self) -> Bury:
        """End a job whose message was given up on."""
        from shared.services.bury import Bury

        return Bury(self._journal, self._leftovers)

    @cached_property
    def _departures(self) -> Departures:
        from shared.services.large.departures import Departures

        return Departures(self.blobs, self._layout)

    @cached_property
    def _claims(self) -> Claims:
        from shared.services.large.claims import Claims

        return Claims(self.blobs, self._layout)

    @cached_property
    def _shard(self) -> Shard:
        from shared.services.large.shard import Shard

        return Shard(self.blobs, self._layout, self._records)

    @cached_property
    def _sharding_notes(self) -> ShardingNotes:
        from shared.services.large.sharding_notes import ShardingNotes

        return ShardingNotes(self.blobs, self._layout)

    @cached_property
    def _accept(self) -> Accept:
        from shared.services.large.accept import Accept
        from shared.services.large.reports import Reports

        reports = Reports(self.blobs, self._layout, self._records)
        return Accept(self._records, reports, self._outputs)

    @cached_property
    def _hand_out(self) -> HandOut:
        from shared.services.large.hand_out import HandOut
        from shared.services.large.inputs import LargeInputs

        inputs = LargeInputs(self.blobs, self._layout, self._records, self.warehouse, self._data_lake)
        return HandOut(self._holdings, inputs)

    @cached_property
    def _holdings(self) -> Holdings:
        from shared.services.large.holdings import Holdings

        lease = timedelta(seconds=self.settings.claim_seconds)
        return Holdings(self._journal, self.queue, self._claims, self._leftovers, lease)
