"""What a large job was cut into for Spark: the index that stands beside its shards, and a note while it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.job import JobProblem  # noqa: TC001 - the annotations are read when an index or a note is decoded
from shared.domain.scorecard import Reconciled  # noqa: TC001

# Whoever cuts says so every few seconds.
_LIFE = timedelta(minutes=1)
_MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a job, or of an archive among them; ``table`` is the one that it feeds, None where it feeds all."""

    filename: str
    table: str | None


@dataclass(frozen=True, slots=True)
class ShardIndex:
    """The shards of a job, by their paths beside the index. It is written last, so shards without one do not count.

    ``files`` are the names of the job's files in their order. ``records`` are shards of JSON records, one a line with
    the number of its part; ``rows`` are, by table, shards of rows as the readers give them; ``findings`` are what the
    dataset's own reader says of rows, by table.
    """

    files: tuple[str, ...]
    parts: dict[int, Part]
    records: tuple[str, ...] = ()
    rows: dict[str, tuple[str, ...]] | None = None
    findings: dict[str, str] | None = None
    reconciliation: tuple[Reconciled, ...] = ()


@dataclass(frozen=True, slots=True)
class ShardingNote:
    """How far the files of a job are cut for a run that has asked for it: ``done`` of the ``total`` records counted.

    ``at`` is when it was last asked for or told of (UTC), ``is_worked_on`` whether somebody had begun by then, and
    ``tries`` counts who did. ``problem`` is what the files are to blame for.
    """

    total: int
    at: datetime
    done: int = 0
    is_worked_on: bool = False
    tries: int = 0
    problem: JobProblem | None = None

    def is_alive(self, now: datetime) -> bool:
        """Whether it can be expected that somebody works on it, or soon will."""
        return now - self.at < _LIFE

    def was_given_up(self, now: datetime) -> bool:
        """Whether the last try that is allowed has failed, or died."""
        return self.tries >= _MOST_TRIES and not (self.is_worked_on and self.is_alive(now))
