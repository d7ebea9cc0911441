"""The job in idiomatic, vectorised pandas: what a competent engineer would write by hand for this one dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa

from devkit.bench.layers import COMPRESSION, GOLD, QUARANTINE, SILVER, write_layers
from devkit.bench.pandas_gold import build, money
from devkit.bench.rules import (
    LIMITS,
    LONGEST_TEXT,
    SEXES,
    STATUSES,
    TIMESTAMPS,
    e164,
)
from devkit.samples.ecommerce.faults import COLUMNS, OPTIONAL
from devkit.samples.ecommerce.records import REFERENCES

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from devkit.bench.rules import Limit

TOO_LARGE = 1e15
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
Mask = np.ndarray[Any, np.dtype[np.bool_]]
#: A column, a rule, and which rows break it.
Check = tuple[str, str, Mask]


def run(source: Path, as_of: datetime, out: Path) -> None:
    """Clean the file ``source`` and write silver, quarantine and gold as Parquet below ``out``."""
    bronze = read(source.read_bytes())
    silver: dict[str, pd.DataFrame] = {}
    quarantine: dict[str, pd.DataFrame] = {}
    for table, frame in bronze.items():
        silver[table], quarantine[table] = refine(table, frame, silver, as_of)
    quarantine["user"] = pd.concat([quarantine["user"], normalise_users(silver)], ignore_index=True)
    gold = build(silver)
    silver["products_sku"]["price"] = money(silver["products_sku"]["price"])
    silver["payment"]["amount"] = money(silver["payment"]["amount"])
    write_layers({SILVER: silver, QUARANTINE: quarantine, GOLD: gold}, out, save)


def save(frame: pd.DataFrame, path: Path) -> None:
    """Write one table."""
    frame.to_parquet(path, index=False, compression=COMPRESSION)


def read(data: bytes) -> dict[str, pd.DataFrame]:
    """Turn the JSON array into one frame a table, with the record's number."""
    records = msgspec.json.decode(data)
    frames = {}
    for table, columns in COLUMNS.items():
        rows = [record.get(table) for record in records]
        row_no = [number for number, row in enumerate(rows, 1) if row is not None]
        rows = [row for row in rows if row is not None]
        frames[table] = pd.DataFrame({column: [row.get(column) for row in rows] for column in columns})
        frames[table]["_row_no"] = row_no
    return frames


def refine(
    table: str, raw: pd.DataFrame, silver: dict[str, pd.DataFrame], as_of: datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split a table into its good, typed rows and the bad ones, each under the first rule that it breaks."""
    text, typed, checks = judge_cells(table, raw, as_of)
    first = np.zeros(len(raw), dtype=np.int16)
    for code in range(len(checks), 0, -1):
        first[checks[code - 1][2]] = code
    good = first == 0
    if typed["id"][good].duplicated().any():
        ordered = typed.loc[good, ["id", "create_time"]].sort_values("create_time", ascending=False, kind="stable")
        checks.append(("id", "duplicate", mark(ordered.index[ordered["id"].duplicated()], first, len(checks) + 1)))
    for referring, column, target in REFERENCES:
        if referring == table:
            found = pd.Index(silver[target]["id"]).get_indexer(typed[column]) >= 0  # ten times as fast as isin
            checks.append((column, "reference", mark((first == 0) & ~found, first, len(checks) + 1)))
    good = first == 0
    result = typed[good].drop(columns="password", errors="ignore")
    for column, limit in LIMITS.get(table, {}).items():
        result[column] = result[column].astype("int64") if limit.whole else cents(result[column])
    if table == "user":
        result["birth_of_date"] = result["birth_of_date"].astype(pd.ArrowDtype(pa.date32()))
        result["age"] = result["age"].astype("int64")
        result["delivered_age"] = pd.to_numeric(text["age"][good], errors="coerce")
    return result, rejected(text, raw["_row_no"], first, checks)


def judge_cells(table: str, raw: pd.DataFrame, as_of: datetime) -> tuple[pd.DataFrame, pd.DataFrame, list[Check]]:
    """Return a table's cells as text and in their types, and the checks of its rows, in order."""
    columns = COLUMNS[table]
    nested = {c: raw[c].map(is_nested).to_numpy(bool) for c in columns if raw[c].dtype == object}
    text = pd.DataFrame({column: raw[column].astype("str").str.strip() for column in columns})
    empty = {column: (text[column].isna() | (text[column] == "")).to_numpy(bool) for column in columns}
    checks: list[Check] = [(column, "required", empty[column]) for column in columns if column not in OPTIONAL]
    for column in columns:
        marked = text[column].str.contains("invalid", case=False, regex=False)
        checks.append((column, "fault_marker", marked.to_numpy(bool, na_value=False)))
    typed = text.assign(_row_no=raw["_row_no"])
    for column in columns:
        if column in nested:
            checks.append((column, "scalar", nested[column]))
        broken = (text[column].str.len() > LONGEST_TEXT) | text[column].str.contains("\0", regex=False)
        checks.append((column, "text", broken.to_numpy(bool, na_value=False)))
        if column in TIMESTAMPS:
            typed[column] = pd.to_datetime(text[column], format="%Y-%m-%d %H:%M:%S.%f", errors="coerce")
            checks.append((column, "type", (typed[column].isna() & ~empty[column]).to_numpy()))
        elif column in LIMITS.get(table, {}):
            typed[column] = pd.to_numeric(text[column], errors="coerce")
            checks += check_number(column, typed[column], LIMITS[table][column])
        elif column == "status":
            typed[column] = text[column].str.lower()
            checks.append((column, "one_of", ~typed[column].isin(STATUSES).to_numpy()))
        elif table == "user":
            checks += check_person(column, typed, as_of)
    return text, typed, checks


def is_nested(value: object) -> bool:
    """Tell whether a value is a list or an object."""
    return isinstance(value, (dict, list))


def check_number(column: str, number: pd.Series[Any], limit: Limit) -> list[Check]:
    """Return the checks of a number."""
    broken = number.isna() | (number.abs() >= TOO_LARGE) | (limit.whole & (number % 1 != 0))
    outside = ~number.between(limit.low, limit.high, inclusive=limit.inside)
    return [(column, "type", broken.to_numpy()), (column, "range", outside.to_numpy())]


def check_person(column: str, typed: pd.DataFrame, as_of: datetime) -> list[Check]:
    """Give the columns that only a user has their types, and return their checks."""
    if column == "sex":
        return [(column, "one_of", ~typed[column].isin(SEXES).to_numpy())]
    if column == "birth_of_date":
        typed[column] = pd.to_datetime(typed[column], format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")
        to_come = typed[column] >= pd.Timestamp(as_of).normalize()
        return [(column, "type", typed[column].isna().to_numpy()), (column, "before_as_of", to_come.to_numpy())]
    if column == "age":
        typed[column] = years_since(typed["birth_of_date"], as_of)
        return [(column, "range", ~typed[column].between(0, 120).to_numpy())]
    return []


def mark(rows: Any, first: np.ndarray[Any, Any], code: int) -> Mask:
    """Give ``rows`` a verdict's code and return them as a mask."""
    first[rows] = code
    marked: Mask = first == code
    return marked


def rejected(
    text: pd.DataFrame, row_no: pd.Series[int], first: np.ndarray[Any, Any], checks: list[Check]
) -> pd.DataFrame:
    """Say of every bad row which column broke which rule with which value."""
    bad = np.flatnonzero(first)
    codes = first[bad] - 1
    columns = np.array([column for column, _, _ in checks], dtype=object)[codes]
    frame = pd.DataFrame(
        {
            "_row_no": row_no.to_numpy()[bad],
            "column": columns,
            "rule": np.array([rule for _, rule, _ in checks], dtype=object)[codes],
        }
    )
    frame["value"] = None
    frame["value"] = frame["value"].astype("str")
    for column in frame["column"].unique():
        if column != "password":
            here = columns == column
            frame.loc[here, "value"] = text[column].to_numpy()[bad[here]]
    return frame


def years_since(day: pd.Series[Any], as_of: datetime) -> pd.Series[Any]:
    """Return the whole years from a day to the as-of time."""
    later = (day.dt.month > as_of.month) | ((day.dt.month == as_of.month) & (day.dt.day > as_of.day))
    years: pd.Series[Any] = as_of.year - day.dt.year - later
    return years


def cents(number: pd.Series[Any]) -> pd.Series[Any]:
    """Return a number as exact whole cents."""
    return (number * 100).round().astype("int64")


def normalise_users(silver: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Bring e-mail and phone into one form in silver, and return what was not as delivered."""
    users = silver["user"]
    email = users["email"].str.lower()
    email = email.where(email.str.fullmatch(EMAIL))
    distinct = users["phone_number"].unique()
    phone = users["phone_number"].map(dict(zip(distinct, map(e164, distinct), strict=True))).astype("str")
    differs = users["delivered_age"].notna() & (users["delivered_age"] != users["age"])
    unusable = (("email", "normalise", email.isna()), ("phone_number", "normalise", phone.isna()))
    found = (*unusable, ("age", "differs", differs))
    findings = [users.loc[rows, ["_row_no"]].assign(column=column, rule=rule) for column, rule, rows in found]
    silver["user"] = users.assign(email=email, phone_number=phone).drop(columns="delivered_age")
    return pd.concat(findings, ignore_index=True)
