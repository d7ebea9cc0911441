"""The job in Polars, written by hand for this one dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from devkit.bench.layers import COMPRESSION, GOLD, QUARANTINE, SILVER, write_layers
from devkit.bench.polars_gold import MONEY, Tables, build
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

EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


def run(source: Path, as_of: datetime, out: Path) -> None:
    """Clean the file ``source`` and write silver, quarantine and gold as Parquet below ``out``."""
    records = read(source.read_bytes())
    silver: Tables = {}
    quarantine: Tables = {}
    for table in COLUMNS:
        silver[table], quarantine[table] = refine(table, records, silver, as_of)
    quarantine["user"] = pl.concat([quarantine["user"], normalise_users(silver)])
    write_layers({SILVER: silver, QUARANTINE: quarantine, GOLD: build(silver)}, out, save)


def save(frame: pl.DataFrame, path: Path) -> None:
    """Write one table."""
    frame.write_parquet(path, compression=COMPRESSION)


def read(data: bytes) -> pl.DataFrame:
    """Read the JSON array with every value as text; one record a line lets Polars read it in parallel."""
    schema = {table: pl.Struct(dict.fromkeys(columns, pl.String)) for table, columns in COLUMNS.items()}
    lines = b"\n".join(msgspec.json.decode(data, type=list[msgspec.Raw]))
    return pl.read_ndjson(lines, schema=schema).with_row_index("_row_no", 1)


def refine(table: str, records: pl.DataFrame, silver: Tables, as_of: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split a table into its good, typed rows and the bad ones, each under the first rule that it breaks."""
    columns = COLUMNS[table]
    values, checks = check(table, as_of)
    first = pl.coalesce(pl.when(broken).then(pl.lit(code, pl.Int16)) for code, (_, _, broken) in enumerate(checks))
    rows = (
        records.lazy()
        .filter(pl.col(table).is_not_null())
        .select("_row_no", pl.col(table).struct.unnest())
        .with_columns(pl.col(columns).str.strip_chars())
        .with_columns(value.alias(f"{column}_") for column, value in values.items())
        .with_columns(first.alias("first"))
        .collect()
    )
    reasons = [(column, rule) for column, rule, _ in checks]
    for column, rule, broken in late_checks(table, rows, silver):
        verdict = pl.when(pl.col("first").is_null() & broken).then(pl.lit(len(reasons), pl.Int16))
        rows = rows.with_columns(pl.coalesce("first", verdict))
        reasons.append((column, rule))
    kept = [pl.col(f"{c}_").alias(c) if c in values else pl.col(c) for c in columns if c != "password"]
    delivered = [pl.col("age").cast(pl.Int64, strict=False).alias("delivered_age")] if table == "user" else []
    good = rows.filter(pl.col("first").is_null()).select("_row_no", *kept, *delivered)
    return good, rejected(rows, columns, reasons)


def check(table: str, as_of: datetime) -> tuple[dict[str, pl.Expr], list[tuple[str, str, pl.Expr]]]:
    """Return the typed values of a table's columns and the checks of its rows, in order."""
    columns = COLUMNS[table]
    limits = LIMITS.get(table, {})
    values: dict[str, pl.Expr] = {}
    empty = {column: pl.col(column).is_null() | (pl.col(column) == "") for column in columns}
    checks = [(column, "required", empty[column]) for column in columns if column not in OPTIONAL]
    for column in columns:
        marked = pl.col(column).str.contains_any(["invalid"], ascii_case_insensitive=True)
        checks.append((column, "fault_marker", marked))
    for column in columns:
        text, typed = pl.col(column), pl.col(f"{column}_")
        checks.append((column, "scalar", text.str.starts_with("[") | text.str.starts_with("{")))
        perhaps = text.str.len_bytes() > LONGEST_TEXT  # the length in bytes is known, characters must be counted
        too_long = perhaps & (pl.when(perhaps).then(text).str.len_chars() > LONGEST_TEXT)
        checks.append((column, "text", too_long | text.str.contains("\0", literal=True)))
        if column in TIMESTAMPS:
            values[column] = text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
            checks.append((column, "type", typed.is_null() & ~empty[column]))
        elif column == "birth_of_date":
            values[column] = text.str.to_date("%Y-%m-%d", strict=False)
            checks.append((column, "type", typed.is_null()))
            checks.append((column, "before_as_of", typed >= as_of.date()))
        elif column == "age":
            values[column] = years_since(values["birth_of_date"], as_of)
            checks.append((column, "range", ~typed.is_between(0, 120)))
        elif column in limits:
            limit = limits[column]
            values[column] = text.cast(pl.Int64 if limit.whole else MONEY, strict=False)
            checks.append((column, "type", typed.is_null()))
            checks.append((column, "range", ~typed.is_between(limit.low, limit.high, closed=limit.inside)))
        elif column == "sex":
            checks.append((column, "one_of", ~text.is_in(SEXES)))
        elif column == "status":
            values[column] = text.str.to_lowercase()
            checks.append((column, "one_of", ~typed.is_in(STATUSES)))
    return values, checks


def years_since(day: pl.Expr, as_of: datetime) -> pl.Expr:
    """Return the whole years from a day to the as-of time."""
    later = (day.dt.month().cast(pl.Int16) * 100 + day.dt.day()) > as_of.month * 100 + as_of.day
    return (as_of.year - day.dt.year() - later).cast(pl.Int64)


def late_checks(table: str, rows: pl.DataFrame, silver: Tables) -> list[tuple[str, str, pl.Expr]]:
    """Return the checks that look at other rows: duplicates among the valid ones, then references."""
    checks = []
    valid = rows.lazy().filter(pl.col("first").is_null()).select("id", "_row_no", "create_time_").collect()
    if valid["id"].n_unique() < len(valid):
        ordered = valid.sort("create_time_", "_row_no", descending=[True, False])
        losers = ordered.filter(~pl.col("id").is_first_distinct())["_row_no"]
        checks.append(("id", "duplicate", pl.col("_row_no").is_in(losers.implode())))
    for referring, column, target in REFERENCES:
        if referring == table:
            checks.append((column, "reference", ~pl.col(column).is_in(silver[target]["id"].implode())))
    return checks


def rejected(rows: pl.DataFrame, columns: tuple[str, ...], reasons: list[tuple[str, str]]) -> pl.DataFrame:
    """Say of every bad row which column broke which rule with which value."""
    names = pl.DataFrame(
        {"first": range(len(reasons)), "column": [c for c, _ in reasons], "rule": [r for _, r in reasons]},
        schema_overrides={"first": pl.Int16},
    )
    told = {column for column, _ in reasons} - {"password"}
    value = pl.coalesce(pl.when(pl.col("column") == c).then(pl.col(c)) for c in columns if c in told)
    bad = rows.lazy().filter(pl.col("first").is_not_null()).join(names.lazy(), on="first", how="left")
    return bad.select("_row_no", "column", "rule", value.alias("value")).collect()


def normalise_users(silver: Tables) -> pl.DataFrame:
    """Bring e-mail and phone into one form in silver, and return what was not as delivered."""
    email = pl.col("email").str.to_lowercase()
    distinct = silver["user"]["phone_number"].unique()
    phones = pl.Series([e164(phone) for phone in distinct], dtype=pl.String)
    users = silver["user"].with_columns(
        pl.when(email.str.contains(EMAIL)).then(email).alias("email"),
        pl.col("phone_number").replace_strict(distinct, phones, default=None),
    )
    found = {
        ("email", "normalise"): pl.col("email").is_null(),
        ("phone_number", "normalise"): pl.col("phone_number").is_null(),
        ("age", "differs"): pl.col("delivered_age") != pl.col("age"),
    }
    silver["user"] = users.drop("delivered_age")
    value = pl.lit(None, pl.String)
    findings = (
        users.filter(rows).select("_row_no", column=pl.lit(column), rule=pl.lit(rule), value=value)
        for (column, rule), rows in found.items()
    )
    return pl.concat(findings)
