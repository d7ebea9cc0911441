"""Rows as an answer: a JSON array of objects, or CSV by ``format=csv`` or ``Accept: text/csv``."""

from __future__ import annotations

import base64
import csv
import io
import math
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec
from fastapi import Response
from pydantic import Field

from functions.http.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pyarrow as pa

#: The most rows that one answer holds.
MOST_ROWS: Final = 100_000

_CSV_MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"
_to_json: Final = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode


class RowFormat(StrEnum):
    """How rows are written."""

    JSON = "json"
    CSV = "csv"


class RowParameters(Parameters):
    """Which of the rows to answer, and how."""

    limit: int = Field(100, ge=0, le=MOST_ROWS, description="The most rows to answer.")
    offset: int = Field(0, ge=0, le=10**12, description="How many rows to leave out first.")
    format: RowFormat | None = Field(None, description="How to write the rows; else the Accept header decides.")


def choose_format(wanted: RowFormat | None, accept: str) -> RowFormat:
    """Return the format asked for, or else what the Accept header prefers; JSON where it does not say."""
    if wanted is not None:
        return wanted
    weights = {"text/csv": 0.0, "application/json": 0.0}
    for entry in accept.lower().split(","):
        media_type, *parameters = (part.strip() for part in entry.split(";"))
        if media_type in weights:
            quality = next((text[2:] for text in parameters if text.startswith("q=")), "1")
            weights[media_type] = float(quality) if quality.replace(".", "", 1).isdecimal() else 1.0
    return RowFormat.CSV if weights["text/csv"] > weights["application/json"] else RowFormat.JSON


def table_response(table: pa.Table, row_format: RowFormat, name: str) -> Response:
    """Answer the rows of a table: decimals exactly, times as ISO 8601, NaN and the infinities as null."""
    names = table.column_names
    columns = [_values(column) for column in table.columns]
    rows: Iterable[tuple[Any, ...]] = zip(*columns, strict=True)
    if row_format is RowFormat.CSV:
        return _csv_response(names, rows, name)
    return json_response([dict(zip(names, row, strict=True)) for row in rows])


def records_response(
    records: Sequence[Mapping[str, Any]], row_format: RowFormat, name: str, columns: Sequence[str]
) -> Response:
    """Answer records as they are (JSON), or the named columns of them (CSV)."""
    if row_format is RowFormat.CSV:
        return _csv_response(columns, ([record[column] for column in columns] for record in records), name)
    return json_response(records)


def json_response(content: Any) -> Response:
    """Answer anything of plain values: decimals exactly, as numbers, and times as ISO 8601."""
    return Response(_to_json(content), media_type="application/json", headers={"Vary": "Accept"})


def _csv_response(names: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> Response:
    """Write RFC 4180; values stay as they are, also a text that a spreadsheet would take for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([_csv_field(value) for value in row] for row in rows)
    headers = {"Vary": "Accept", "Content-Disposition": f'attachment; filename="{quote(name)}.csv"'}
    return Response(text.getvalue(), headers=headers, media_type=_CSV_MEDIA_TYPE)


def _values(column: pa.ChunkedArray) -> list[Any]:
    import pyarrow as pa  # noqa: PLC0415 - not on the way to function_app

    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_time(kind):
        return _iso_texts(column)
    values: list[Any] = column.to_pylist()
    return values


def _iso_texts(column: pa.ChunkedArray) -> list[str | None]:
    """Write times as text column by column, which is ten times faster than a Python object for each."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    zone = getattr(column.type, "tz", None)
    if zone is not None:
        column = column.cast(pa.timestamp(column.type.unit, "UTC")).cast(pa.timestamp(column.type.unit))
    texts = pc.replace_substring(column.cast(pa.string()), " ", "T")
    texts = pc.replace_substring_regex(texts, r"\.0+$", "")
    if zone is not None:
        texts = pc.binary_join_element_wise(texts, "Z", "")
    values: list[str | None] = texts.to_pylist()
    return values


def _csv_field(value: Any) -> str | None:
    write = _CSV_WRITERS.get(type(value))
    return write(value) if write else _to_json(value).decode().strip('"')


_CSV_WRITERS: Final[Mapping[type, Callable[[Any], str | None]]] = {
    type(None): lambda _: None,
    str: lambda text: text,
    bool: lambda flag: "true" if flag else "false",
    int: str,
    float: lambda number: format(Decimal(repr(number)), "f") if math.isfinite(number) else None,
    Decimal: lambda number: format(number, "f"),
    bytes: lambda octets: base64.b64encode(octets).decode(),
}


def described_rows(model: Any = list[dict[str, Any]]) -> dict[str, Any]:
    """Describe an answer of rows for OpenAPI."""
    return {
        "model": model,
        "description": "The rows.",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
