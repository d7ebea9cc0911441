"""What several use cases are made of, over the adapters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shared.bootstrap.adapters import Adapters

if TYPE_CHECKING:
    from shared.services.dispatch import Dispatch
    from shared.services.export import Export
    from shared.services.journal import Journal
    from shared.services.layout import Layout
    from shared.services.leftovers import Leftovers
    from shared.services.medallion import Medallion
    from shared.services.outputs import Outputs
    from shared.services.overtaken import Overtaken
    from shared.services.records import JobRecords
    from shared.services.rejected import Rejected

# ruff: noqa: PLC0415 - made when it is first asked for


@dataclass(frozen=True)
class Parts(Adapters):
    """Where things lie and how jobs are written down; each is made once and shared by all threads."""

    @property
    def _token_key(self) -> bytes:
        return self.settings.token_key.get_secret_value().encode()

    @cached_property
    def _layout(self) -> Layout:
        from shared.services.layout import Layout

        settings = self.settings
        return Layout(
            bronze=settings.bronze_container,
            silver=settings.silver_container,
            gold=settings.gold_container,
            manifests=settings.manifests_container,
            landing=settings.landing_container,
            staging=settings.staging_container,
            exports=settings.exports_container,
        )

    @cached_property
    def _records(self) -> JobRecords:
        from shared.services.records import JobRecords

        return JobRecords(self.blobs, self._layout)

    @cached_property
    def _outputs(self) -> Outputs:
        from shared.services.outputs import Outputs

        return Outputs(self.blobs, self._layout)

    @cached_property
    def _leftovers(self) -> Leftovers:
        from shared.services.leftovers import Leftovers

        return Leftovers(self.job_store, self._records, self._outputs)

    @cached_property
    def _medallion(self) -> Medallion:
        from shared.services.medallion import Medallion

        return Medallion(
            blobs=self.blobs,
            records=self._records,
            outputs=self._outputs,
            warehouse=self.warehouse,
            clock=self.clock,
            engine=self.settings.engine,
            token_key=self._token_key,
        )

    @cached_property
    def export(self) -> Export:
        """Make and find what a job hands out."""
        from shared.services.export import Export

        return Export(self._outputs, self._token_key)

    @cached_property
    def _rejected(self) -> Rejected:
        from shared.services.rejected import Rejected

        return Rejected(self.blobs, self._records, self._outputs)

    @cached_property
    def _overtaken(self) -> Overtaken:
        from shared.services.overtaken import Overtaken

        return Overtaken(self._records, self.warehouse)

    @cached_property
    def _journal(self) -> Journal:
        from shared.services.journal import Journal

        return Journal(self.job_store, self.clock)

    @cached_property
    def _dispatch(self) -> Dispatch:
        from shared.services.dispatch import Dispatch

        return Dispatch(self.queue, self._journal)
