"""A contract of one table in a line, and what is read by it."""

import io
import re

from shared.contracts.model import Contract
from shared.readers.count import count_records
from shared.readers.read import read_file
from shared.readers.rows import FAULTS, ROW_NO

IDENTIFIER = re.compile("[a-z][a-z0-9_]*")


def contract_of(*names: str, source: dict | None = None, **described: dict) -> Contract:
    """Describe the table ``thing`` by the names of its columns in a file: text unless described otherwise.

    The first is required, as its key. A name that no column can have is that of ``column_1``, ``column_2`` and so on.
    """
    columns = {
        name if IDENTIFIER.fullmatch(name) else f"column_{place}": {
            "label": name,
            "from": name,
            **described.get(name, {}),
        }
        for place, name in enumerate(names, 1)
    }
    key = next(iter(columns))
    columns[key]["required"] = True
    table = {"name": "thing", "label": "Thing", "key": [key], "columns": columns, "source": source or {}}
    return Contract.model_validate({"dataset": "things", "version": 1, "tables": [table]})


def read(data: bytes, contract: Contract, filename: str = "upload.csv") -> list[dict]:
    """Return the rows of the table, having seen that as many were counted as are read."""
    rows = read_file(data, contract, "thing", filename, 0)["thing"].to_pylist()
    assert count_records(io.BytesIO(data), filename, contract, "thing") == len(rows)
    return rows


def cells(rows: list[dict]) -> list[tuple]:
    """Return what the rows hold, without where they come from."""
    return [tuple(value for name, value in row.items() if not name.startswith("_")) for row in rows]


def numbers(rows: list[dict]) -> list[int]:
    """Return the number of each row in its file."""
    return [row[ROW_NO] for row in rows]


def faults(rows: list[dict]) -> dict[int, str]:
    """Return the marks of the rows that could not be read, by their number."""
    return {row[ROW_NO]: row[FAULTS] for row in rows if row[FAULTS]}
