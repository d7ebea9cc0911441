"""What a large job was cut into for Spark: the index that stands beside its shards."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.scorecard import Reconciled  # noqa: TC001 - the annotations are read when an index is decoded


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
