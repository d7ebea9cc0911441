"""A small job of hires, of which one has no name and one names no department."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.services.browse import JobView
    from tests.integration.services.conftest import Bench

NAMES = ("departments.csv", "jobs.csv", "hired_employees.csv")
DEPARTMENTS, JOBS = b"id;department\r\n1;Sales\r\n2;Legal\r\n", b"7,Clerk\n"
HIRES = b"1,Ann,2021-05-30T05:43:46Z,1,7\n2,,2021-05-30T05:43:46Z,1,7\n3,Bob,2021-05-30T05:43:46Z,9,7\n"


def run_hires(bench: Bench, **request: Any) -> JobView:
    return bench.run(DEPARTMENTS, JOBS, HIRES, names=NAMES, dataset="hiring", **request)


def hired(bench: Bench) -> list[str | None]:
    """The names of those hired, by number."""
    return [row["name"] for row in sorted(bench.rows("hired_employees"), key=lambda row: row["id"])]
