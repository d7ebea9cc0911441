"""What the demo shows at its end, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from devkit.demo.follow import STAGES, succeeded, waits_for_large_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from devkit.demo.client import Client
    from devkit.demo.follow import Job

_COUNTS = ("read", "silver", "quarantined", "duplicate", "skipped")
_SHOWN_REJECTS = 8
_SHOWN_CHARACTERS = 40
#: How many rows each query is asked for.
_QUERIES = {"revenue_by_category": 5, "best_customers_by_segment": 2}


def report(client: Client, jobs: Sequence[Job], console: Console) -> None:
    """Print what became of the jobs, what they rejected and why, and what the warehouse answers now."""
    console.print(rows_table(jobs), stages_table(jobs))
    for job in filter(waits_for_large_path, jobs):
        console.print(Text(f"{job['jobName']}: {job['timeline'][-1]['note']}"))
    done = [job for job in jobs if succeeded(job)]
    console.print(gold_table(done, client.tables()))
    with_rejects = [job for job in done if any(counts["quarantined"] for counts in job["ledger"].values())]
    if with_rejects:
        job = with_rejects[0]
        console.print(rejects_table(job, client.rejects(job["jobId"], _SHOWN_REJECTS)))
    titles = client.queries()
    for name, limit in _QUERIES.items():
        console.print(answer_table(titles[name], client.query(name, limit)))


def rows_table(jobs: Sequence[Job]) -> Table:
    """Where the rows of each job went, summed over its tables."""
    table = _table("Jobs", ("Job", "Dataset", "Path", "State"), ("Records", *map(str.capitalize, _COUNTS)))
    for job in jobs:
        sums = [sum(counts[kind] for counts in job["ledger"].values()) for kind in _COUNTS]
        counts = [f"{value:,}" for value in sums] if job["ledger"] else ["–"] * len(_COUNTS)
        words = (job[key].replace("_", " ") for key in ("processingPath", "state"))
        table.add_row(
            f"{job['jobName']}\n[dim]{job['jobId']}[/dim]", job["dataset"], *words, f"{job['recordCount']:,}", *counts
        )
    return table


def stages_table(jobs: Sequence[Job]) -> Table:
    """How long each stage of each job took."""
    table = _table("Milliseconds per stage", ("Job",), (*map(str.capitalize, STAGES), "Together"))
    for job in jobs:
        took = {entry["state"]: entry["ms"] for entry in job["timeline"] if entry["ms"] is not None}
        cells = [f"{took[stage]:,}" if stage in took else "–" for stage in STAGES]
        table.add_row(job["jobName"], *cells, f"{sum(took.get(stage, 0) for stage in STAGES):,}")
    return table


def gold_table(jobs: Sequence[Job], warehouse: Iterable[dict[str, Any]]) -> Table:
    """How many rows each gold table has of each job, and altogether in the warehouse."""
    table = _table("Gold tables, rows", ("Table",), (*(job["jobName"] for job in jobs), "In the warehouse"))
    for stored in warehouse:
        shares = (job["goldTables"].get(stored["name"]) for job in jobs)
        table.add_row(
            stored["name"], *("–" if share is None else f"{share:,}" for share in shares), f"{stored['rows']:,}"
        )
    return table


def rejects_table(job: Job, rejects: Iterable[dict[str, Any]]) -> Table:
    """The first rows that a job put into quarantine, and why."""
    table = _table(f"First rejected rows of '{job['jobName']}'", ("Table",), ("Row",))
    for heading in ("Value", "Why", "What to do"):
        table.add_column(heading, overflow="fold")
    for reject in rejects:
        # Values are data: brackets in them are no markup.
        words = (Text(text) for text in (_shortened(reject["value"]), reject["message"], reject["howToFix"]))
        table.add_row(reject["table"], f"{reject['row']:,}", *words)
    return table


def answer_table(title: str, rows: Sequence[dict[str, Any]]) -> Table:
    """The answer of a business query."""
    table = _table(title)
    for name, value in (rows[0] if rows else {}).items():
        table.add_column(name.replace("_", " ").capitalize(), justify="left" if isinstance(value, str) else "right")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def _table(title: str, texts: Sequence[str] = (), numbers: Sequence[str] = ()) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in texts:
        table.add_column(heading, no_wrap=heading == "Job")
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _shortened(value: str | None) -> str:
    text = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in value or "")
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _cell(value: Any) -> Text:
    if isinstance(value, float):
        return Text(f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4f}")
    return Text(f"{value:,}" if isinstance(value, int) else str(value))
