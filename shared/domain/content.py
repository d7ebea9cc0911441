"""What makes two requests the same: the content key of a job."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from shared.domain.job import JobFile


def content_key(
    files: Iterable[JobFile],
    *,
    dataset: str,
    version: int,
    user_id: str,
    as_of: datetime | None,
    corrects: str | None = None,
    adds: bool = False,
) -> str:
    """Return the hash of all that decides what becomes of files; their names and order do not.

    ``version`` is the contract's, ``as_of`` in UTC is given where the client said one, ``corrects`` is the job whose
    rows the files correct, and ``adds`` is as in an :class:`~shared.domain.intake.Intake`.
    """
    content = {
        "files": sorted([file.table or "", file.sha256] for file in files),
        "dataset": dataset,
        "version": version,
        "user": user_id,
        "asOf": as_of.isoformat() if as_of else None,
        **({"corrects": corrects} if corrects else {}),
        **({"adds": True} if adds else {}),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
