"""Files of rows as Arrow tables, as a copy reads them: what is no Parquet is text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from python_calamine import CalamineWorkbook

from devkit.adf.errors import ActivityError
from devkit.adf.expressions.values import to_text

if TYPE_CHECKING:
    from devkit.adf.factory import Json

_FILE_PATH, _COLUMN = "$$FILEPATH", "$$COLUMN:"


def read_table(content: bytes, dataset: Json) -> pa.Table:
    """Return the rows of a file of a dataset; raises :class:`ActivityError` when it is not what the dataset says."""
    readers = {"Parquet": _read_parquet, "DelimitedText": _read_delimited, "Excel": _read_workbook}
    try:
        return readers[dataset["type"]](content, dataset["typeProperties"])
    except (pa.ArrowException, ValueError, OSError, IndexError) as error:
        raise ActivityError(f"The file is no {dataset['type']} ({type(error).__name__}).", "InvalidFile") from None


def rearranged(table: pa.Table, path: str, translator: Json | None, additional: list[Json] | None) -> pa.Table:
    """Return a table with its columns picked and renamed, and with further columns of one value each."""
    for column in additional or []:
        table = table.append_column(column["name"], _additional(table, path, column["value"]))
    if not translator or not translator.get("mappings"):
        return table
    pairs = [(each["source"], each["sink"]["name"]) for each in translator["mappings"]]
    picked = [_source_column(table, source) for source, _ in pairs]
    return pa.table(picked, names=[name for _, name in pairs])


def to_parquet(table: pa.Table) -> bytes:
    """Return a table as the bytes of a Parquet file."""
    output = io.BytesIO()
    pyarrow.parquet.write_table(table, output)
    return output.getvalue()


def _additional(table: pa.Table, path: str, value: Any) -> pa.ChunkedArray:
    if isinstance(value, str) and value.startswith(_COLUMN):
        return _source_column(table, {"name": value.removeprefix(_COLUMN)})
    text = path if value == _FILE_PATH else to_text(value)
    return pa.chunked_array([pa.repeat(pa.scalar(text, pa.string()), table.num_rows)])


def _source_column(table: pa.Table, source: Json) -> pa.ChunkedArray:
    if "ordinal" in source and "name" not in source:
        return table.column(int(source["ordinal"]) - 1)
    if source["name"] not in table.column_names:
        raise ActivityError(f"The file has no column '{source['name']}'.", "ColumnNotFound")
    return table.column(source["name"])


def _read_parquet(content: bytes, _properties: Json) -> pa.Table:
    return pyarrow.parquet.read_table(pa.BufferReader(content))


def _read_delimited(content: bytes, properties: Json) -> pa.Table:
    has_header = properties.get("firstRowAsHeader", False)
    delimiter = properties.get("columnDelimiter", ",")
    first = pyarrow.csv.open_csv(
        pa.BufferReader(content),
        pyarrow.csv.ReadOptions(autogenerate_column_names=not has_header),
        pyarrow.csv.ParseOptions(delimiter=delimiter),
    ).schema
    names = first.names if has_header else [f"Prop_{number}" for number in range(len(first.names))]
    return pyarrow.csv.read_csv(
        pa.BufferReader(content),
        pyarrow.csv.ReadOptions(
            column_names=names,
            skip_rows=1 if has_header else 0,
            encoding=properties.get("encodingName", "utf8"),
        ),
        pyarrow.csv.ParseOptions(
            delimiter=delimiter, quote_char=properties.get("quoteChar", '"'), newlines_in_values=True
        ),
        pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[properties.get("nullValue", "")],
            strings_can_be_null=True,
        ),
    )


def _read_workbook(content: bytes, properties: Json) -> pa.Table:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    name = properties.get("sheetName")
    sheet = (
        workbook.get_sheet_by_name(name) if name else workbook.get_sheet_by_index(int(properties.get("sheetIndex", 0)))
    )
    rows = sheet.to_python()
    has_header = properties.get("firstRowAsHeader", False)
    width = len(rows[0]) if rows else 0
    names = [to_text(cell) for cell in rows[0]] if has_header and rows else [f"Prop_{n}" for n in range(width)]
    body = rows[1:] if has_header else rows
    return pa.table([pa.array([_cell(row[n]) for row in body], pa.string()) for n in range(width)], names=names)


def _cell(value: Any) -> str | None:
    if value == "":
        return None
    return to_text(value) if isinstance(value, str | int | float | bool) else str(value)
