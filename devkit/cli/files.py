"""Answers as files: CSV or JSON, in the words of the API, in as many pages as it takes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from devkit.cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Format = Literal["csv", "json"]


def format_of(out: Path) -> Format:
    """Return the format that a file's name asks for; raises :class:`CliError` for one that cannot be written."""
    match out.suffix.lower():
        case ".csv":
            return "csv"
        case ".json":
            return "json"
        case ".xlsx":
            raise CliError("Only rejected rows come as a workbook.", "Write to a file that ends with .csv or .json.")
    raise CliError(f"{out.name} says no format.", "Write to a file that ends with .csv or .json.")


def write_pages(out: Path, pages: Iterable[str]) -> None:
    """Write the pages of one answer to a file as if it were one page; none is begun before the first has come."""
    join = _csv_parts if format_of(out) == "csv" else _json_parts
    parts = iter(join(pages))
    first = next(parts)
    with _refusal_told(out), out.open("w", encoding="utf-8", newline="") as file:
        file.write(first)
        file.writelines(parts)


def write_whole(out: Path, content: bytes) -> None:
    """Write an answer to a file as it came."""
    with _refusal_told(out):
        out.write_bytes(content)


@contextmanager
def _refusal_told(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CliError(f"{out} cannot be written: {error.strerror}.", "Write to another place.") from None


def _csv_parts(pages: Iterable[str]) -> Iterable[str]:
    """Yield the pages, the header once."""
    for number, page in enumerate(pages):
        yield page.partition("\r\n")[2] if number else page


def _json_parts(pages: Iterable[str]) -> Iterable[str]:
    """Yield one array of what the arrays hold, every number as it was written."""
    separator = "["
    for page in pages:
        if rows := page.strip()[1:-1]:
            yield separator + rows
            separator = ","
    yield "]\n" if separator == "," else "[]\n"
