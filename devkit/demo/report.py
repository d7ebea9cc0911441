"""What the demo shows at its end, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from devkit.cli.follow import STAGES, succeeded, waits_for_large_path
from devkit.cli.show import COUNTS, answer_table, ledger_sums, metrics_table, rejects_table, titled_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console
    from rich.table import Table

    from devkit.cli.client import Client, Job

_SHOWN_REJECTS = 8
#: The business queries that are asked, with their parameters.
_QUERIES = {
    "revenue_by_category": {"limit": 5},
    "best_customers_by_segment": {"limit": 2},
    "departments_above_mean": {"year": 2021},
}


def report(client: Client, jobs: Sequence[Job], console: Console) -> None:
    """Print what became of the jobs, what they rejected and why, and what the warehouse answers now."""
    console.print(rows_table(jobs), stages_table(jobs))
    for job in filter(waits_for_large_path, jobs):
        console.print(Text(f"{job['jobName']}: {job['timeline'][-1]['note']}"))
    done = [job for job in jobs if succeeded(job)]
    console.print(gold_table(done, client.tables()))
    for job in done:
        quality = client.quality(job["jobId"])
        if quality["metrics"]:
            console.print(metrics_table(quality, f"Quality of '{job['jobName']}'"))
        if quality["reconciliation"]:
            console.print(_figures(job, quality))
    with_rejects = [job for job in done if any(counts["quarantined"] for counts in job["ledger"].values())]
    if with_rejects:
        job = with_rejects[0]
        rejects = client.rejects(job["jobId"], _SHOWN_REJECTS, outcome="quarantined")
        console.print(rejects_table(f"First rejected rows of '{job['jobName']}'", rejects))
    titles = {query["name"]: query["title"] for query in client.queries()}
    for name, parameters in _QUERIES.items():
        console.print(answer_table(titles[name], client.query(name, parameters)))


def _figures(job: Job, quality: dict[str, Any]) -> Text:
    """Say how the figures that a job's files state of themselves compare with their rows."""
    agrees = [figure["agrees"] for figure in quality["reconciliation"]]
    stated = len(agrees) - agrees.count(None)
    return Text(f"'{job['jobName']}' states {stated} figures of itself; {agrees.count(True)} agree with its rows.")


def rows_table(jobs: Sequence[Job]) -> Table:
    """Where the rows of each job went, summed over its tables."""
    table = titled_table("Jobs", ("Job", "Dataset", "Path", "State"), ("Records", *map(str.capitalize, COUNTS)))
    for job in jobs:
        counts = [f"{value:,}" for value in ledger_sums(job)] if job["ledger"] else ["–"] * len(COUNTS)
        words = (job[key].replace("_", " ") for key in ("processingPath", "state"))
        table.add_row(
            f"{job['jobName']}\n[dim]{job['jobId']}[/dim]", job["dataset"], *words, f"{job['recordCount']:,}", *counts
        )
    return table


def stages_table(jobs: Sequence[Job]) -> Table:
    """How long each stage of each job took."""
    table = titled_table("Milliseconds per stage", ("Job",), (*map(str.capitalize, STAGES), "Together"))
    for job in jobs:
        took = {entry["state"]: entry["ms"] for entry in job["timeline"] if entry["ms"] is not None}
        cells = [f"{took[stage]:,}" if stage in took else "–" for stage in STAGES]
        table.add_row(job["jobName"], *cells, f"{sum(took.get(stage, 0) for stage in STAGES):,}")
    return table


def gold_table(jobs: Sequence[Job], warehouse: Iterable[dict[str, Any]]) -> Table:
    """How many rows each gold table has of each job, and altogether in the warehouse."""
    table = titled_table("Gold tables, rows", ("Table",), (*(job["jobName"] for job in jobs), "In the warehouse"))
    tables = list(warehouse)
    table.columns[0].min_width = max(len(stored["name"]) for stored in tables)
    for stored in tables:
        shares = (job["goldTables"].get(stored["name"]) for job in jobs)
        table.add_row(
            stored["name"], *("–" if share is None else f"{share:,}" for share in shares), f"{stored['rows']:,}"
        )
    return table
