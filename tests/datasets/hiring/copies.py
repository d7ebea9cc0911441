"""The two copies of the hires that are about, and the disguises in which the same rows may come."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl

DATA = Path(__file__).parent / "data"
TABLES = ("departments", "jobs", "hired_employees")
NUMBERS = {"departments": (0,), "jobs": (0,), "hired_employees": (0, 3, 4)}
HEADERS = {
    "departments": ("id", "department"),
    "jobs": ("id", "job"),
    "hired_employees": ("id", "name", "datetime", "department_id", "job_id"),
}

Disguise = Callable[[str, bytes], bytes]


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def written(rows: list[list[str]], **how) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **how).writerows(rows)
    return text.getvalue().encode()


def crlf_and_mark(_: str, content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")


def all_quoted(_: str, content: bytes) -> bytes:
    return written(rows_of(content), quoting=csv.QUOTE_ALL)


def float_numbers(table: str, content: bytes) -> bytes:
    rows = rows_of(content)
    for row in rows:
        for place in NUMBERS[table]:
            row[place] = row[place] and f"{row[place]}.0"
    return written(rows)


def workbook(table: str, content: bytes) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(HEADERS[table])
    for row in rows_of(content):
        numbers = NUMBERS[table]
        book.active.append([int(cell) if place in numbers and cell else cell or None for place, cell in enumerate(row)])
    book.save(stream)
    return stream.getvalue()


def no_final_newline(_: str, content: bytes) -> bytes:
    return content.rstrip(b"\n")


def tabs_and_header(table: str, content: bytes) -> bytes:
    return written([list(HEADERS[table]), *rows_of(content)], delimiter="\t")


DISGUISES: dict[str, Disguise] = {
    "CRLF and byte-order mark": crlf_and_mark,
    "all quoted": all_quoted,
    "float numbers": float_numbers,
    "workbook": workbook,
    "no final newline": no_final_newline,
    "tabs and a header": tabs_and_header,
}


def copy(name: str) -> dict[str, bytes]:
    """Return the files of a copy by their table."""
    return {table: (DATA / name / f"{table}.csv").read_bytes() for table in TABLES}


def disguised(name: str) -> dict[str, bytes]:
    """Return the canonical copy in a disguise."""
    return {table: DISGUISES[name](table, content) for table, content in copy("canonical").items()}


FORMS: dict[str, Callable[[], dict[str, bytes]]] = {
    "canonical": lambda: copy("canonical"),
    "semicolon": lambda: copy("semicolon"),
    **{name: lambda name=name: disguised(name) for name in DISGUISES},
}
