"""What commands show: tables of jobs, ledgers, rejected rows and answers. What comes from data is never markup."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from devkit.cli.follow import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from devkit.cli.client import Job, Rows

COUNTS = ("read", "silver", "quarantined", "duplicate", "skipped")
_WIDTH_WITHOUT_TERMINAL = 160
_SHOWN_CHARACTERS = 40
_NOTHING = "–"


def results() -> Console:
    """Return where results go."""
    return _console(sys.stdout)


def remarks() -> Console:
    """Return where remarks and progress go, so that results can be piped on."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else _WIDTH_WITHOUT_TERMINAL
    return Console(file=stream, width=width, highlight=False, markup=False)


def jobs_table(jobs: Iterable[Job]) -> Table:
    """Some jobs, one a line."""
    table = titled_table(None, ("Job", "Name", "Dataset", "Path", "State"), ("Records",))
    table.add_column("Created (UTC)")
    for job in jobs:
        records = _NOTHING if job["recordCount"] is None else f"{job['recordCount']:,}"
        texts = (
            job["jobId"],
            job["jobName"] or _NOTHING,
            job["dataset"],
            _spaced(job["processingPath"]),
            in_words(job),
        )
        table.add_row(*map(Text, texts), records, _moment(job["createdAt"]))
    return table


def job_facts(job: Job) -> Table:
    """What is known of one job, without its tables and its story."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    routing, error = job["routing"], job["error"] or {}
    facts = {
        "Job": job["jobId"],
        "Name": job["jobName"],
        "Dataset": f"{job['dataset']}, contract version {job['contractVersion']}",
        "State": in_words(job),
        "Problem": error.get("message"),
        "What to do": error.get("advice"),
        "Path": routing and f"{_spaced(job['processingPath'])}: {routing['reason']}",
        "Files": ", ".join(file["filename"] for file in job["files"]),
        "As of": f"{_moment(job['asOf'])} UTC",
        "Created": f"{_moment(job['createdAt'])} UTC",
        "Takes the place of": job["supersedes"],
        "Replaced by": job["supersededBy"],
    }
    for name, value in facts.items():
        if value:
            grid.add_row(Text(name, style="bold"), Text(value))
    return grid


def timeline_table(job: Job) -> Table:
    """The story of one job."""
    table = titled_table("Timeline", ("State", "At (UTC)"), ("Milliseconds",))
    table.add_column("Remark", overflow="fold")
    for entry in job["timeline"]:
        took = _NOTHING if entry["ms"] is None else f"{entry['ms']:,}"
        table.add_row(_spaced(entry["state"]), _moment(entry["at"]), took, Text(entry["note"] or ""))
    return table


def ledger_table(job: Job) -> Table:
    """Where the rows of one job went, table by table, and what of it is published."""
    table = titled_table("Rows", ("Table",), tuple(map(str.capitalize, COUNTS)))
    for name, counts in job["ledger"].items():
        table.add_row(name, *(f"{counts[kind]:,}" for kind in COUNTS))
    if len(job["ledger"]) > 1:
        table.add_section()
        table.add_row("Together", *(f"{value:,}" for value in ledger_sums(job)))
    return table


def published_table(job: Job) -> Table:
    """How many rows one job has in each gold table."""
    table = titled_table("Gold", ("Table",), ("Rows",))
    for name, rows in job["goldTables"].items():
        table.add_row(name, f"{rows:,}")
    return table


def metrics_table(quality: dict[str, Any], title: str = "Quality") -> Table:
    """The figures that a contract asks of one job's rows, in percent."""
    table = titled_table(title, ("Metric",), ("Percent", "Threshold"))
    for heading in ("Severity", "Status"):
        table.add_column(heading)
    for metric in quality["metrics"]:
        numbers = (_cell(metric["value"]), _cell(metric["threshold"]))
        table.add_row(_spaced(metric["name"]), *numbers, metric["severity"], metric["status"])
    return table


def ledger_sums(job: Job) -> list[int]:
    """Return the counts of a job's ledger, summed over its tables."""
    return [sum(counts[kind] for counts in job["ledger"].values()) for kind in COUNTS]


def rejects_table(title: str, rejects: Rows) -> Table:
    """Rejected rows, and why."""
    table = titled_table(title, ("Table",), ("Row",))
    for heading in ("Value", "Why", "What to do"):
        table.add_column(heading, overflow="fold")
    for reject in rejects:
        words = (_shortened(reject["value"]), reject["message"], reject["howToFix"] or "")
        table.add_row(reject["table"], f"{reject['row']:,}", *map(Text, words))
    return table


def changes_table(rehearsal: dict[str, Any]) -> Table:
    """What a replay would release and newly reject, by rule."""
    title = f"A replay would release {rehearsal['released']:,} rows and newly reject {rehearsal['newlyRejected']:,}"
    table = titled_table(title, ("Change", "Table", "Column", "Rule"), ("Rows",))
    for words, name in (("released", "releasedBy"), ("newly rejected", "newlyRejectedBy")):
        for change in rehearsal[name]:
            texts = (words, change["table"], change["label"], change["title"])
            table.add_row(*map(Text, texts), f"{change['rows']:,}")
    return table


def answer_table(title: str, rows: Rows) -> Table:
    """The answer of a business query."""
    table = titled_table(title)
    for name, value in (rows[0] if rows else {}).items():
        table.add_column(name.replace("_", " ").capitalize(), justify="left" if isinstance(value, str) else "right")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def queries_table(queries: Rows) -> Table:
    """The business queries: what each asks, of which dataset, and its parameters with their defaults."""
    table = titled_table(None, ("Query", "Dataset"))
    for heading in ("Question", "Parameters"):
        table.add_column(heading, overflow="fold")
    for query in queries:
        parameters = [f"{each['name']}={each['default']} ({each['description']})" for each in query["parameters"]]
        table.add_row(*map(Text, (query["name"], query["dataset"], query["title"], "\n".join(parameters))))
    return table


def tables_table(tables: Rows) -> Table:
    """The tables and views of the warehouse."""
    table = titled_table(None, ("Table", "Kind"), ("Rows",))
    table.add_column("Columns", overflow="fold")
    for each in tables:
        columns = ", ".join(column["name"] for column in each["columns"])
        table.add_row(each["name"], each["kind"], f"{each['rows']:,}", Text(columns))
    return table


def titled_table(title: str | None, texts: Sequence[str] = (), numbers: Sequence[str] = ()) -> Table:
    """Return an empty table with columns of text and of numbers."""
    # A title may be wider than its table.
    shown = Text(title, style="bold", no_wrap=True, overflow="ignore") if title else None
    table = Table(title=shown, title_justify="left")
    for heading in texts:
        table.add_column(heading, no_wrap=heading == "Job")
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _shortened(value: str | None) -> str:
    text = visible(value or "")
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def visible(text: str) -> str:
    """Return a text whose control characters cannot reach the terminal."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def _cell(value: Any) -> Text:
    if value is None:
        return Text(_NOTHING)
    if isinstance(value, float):
        # Four places, for shares; of money two are enough.
        return Text(f"{value:,.4f}".removesuffix("00") if abs(value) >= 1 else f"{value:.4f}")
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return Text(f"{value:,}" if is_number else visible(str(value)))


def _spaced(word: str | None) -> str:
    return _NOTHING if word is None else word.replace("_", " ")


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"
