"""Makes the workbook in which the sender of a job corrects what was rejected of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.services.journal import Journal
    from shared.services.rejected import Rejected


@dataclass(frozen=True, slots=True)
class RejectionWorkbook:
    """The use case."""

    journal: Journal
    rejected: Rejected

    def __call__(self, job_id: str) -> bytes:
        """Return an Excel workbook of a job's rejected rows.

        Raises :class:`NotFoundError` for an unknown job, and what :meth:`Rejected.sheets` raises.
        """
        # The library is imported when a workbook is asked for, not on the way to the functions.
        from shared.quality.rejection_workbook import MOST_ROWS, write_rejection_workbook  # noqa: PLC0415

        sheets, omitted = self.rejected.sheets(self.journal.get(job_id), MOST_ROWS)
        return write_rejection_workbook(job_id, sheets, omitted)
