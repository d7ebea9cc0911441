"""What can be asked of the application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from shared.bootstrap.large_path import LargePath

if TYPE_CHECKING:
    from shared.services.answers import Answers
    from shared.services.browse import JobBrowser
    from shared.services.explore import Explorer
    from shared.services.health import Health
    from shared.services.passport import TellPassport

# ruff: noqa: PLC0415 - made when it is first asked for


@dataclass(frozen=True)
class Questions(LargePath):
    """The use cases that change nothing."""

    @cached_property
    def jobs(self) -> JobBrowser:
        """Ask about jobs."""
        from shared.services.browse import JobBrowser

        every = timedelta(minutes=self.settings.large_batch_minutes)
        return JobBrowser(self.job_store, self._records, self._outputs, self._holdings, self.clock, every)

    @cached_property
    def passport(self) -> TellPassport:
        """Tell one row's story."""
        from shared.frames.values import to_token
        from shared.services.original_cells import OriginalCells
        from shared.services.passport import TellPassport
        from shared.services.sightings import Sightings

        originals = OriginalCells(self.blobs, self._layout)
        sightings = Sightings(self.job_store, self._records, self._outputs, originals, to_token(self._token_key))
        return TellPassport(self.job_store, self.warehouse, sightings)

    @cached_property
    def explore(self) -> Explorer:
        """Ask the warehouse."""
        from shared.services.explore import Explorer

        return Explorer(self.warehouse, self._token_key)

    @cached_property
    def answers(self) -> Answers:
        """Ask the business queries after a job, and what they answered then."""
        from shared.services.answers import Answers

        return Answers(self.explore, self._records)

    @cached_property
    def health(self) -> Health:
        """Ask whether everything answers; a part that cannot even be made is one that does not."""
        from shared.services.health import Health

        return Health(
            {
                "storage": self._ping_storage,
                "queues": self._ping_queues,
                "warehouse": self._ping_warehouse,
            }
        )

    def _ping_storage(self) -> None:
        self.blobs.ping()
        self.job_store.ping()

    def _ping_queues(self) -> None:
        self.queue.ping()

    def _ping_warehouse(self) -> None:
        self.warehouse.ping()
