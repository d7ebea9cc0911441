"""The job in PySpark, written by hand for this one dataset."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812 - as everybody who writes PySpark calls it

from devkit.bench.layers import COMPRESSION, GOLD, QUARANTINE, SILVER
from devkit.bench.rules import LIMITS, LONGEST_TEXT, SEXES, STATUSES, TIMESTAMPS, e164
from devkit.bench.spark_gold import MONEY, build
from devkit.samples.ecommerce.faults import COLUMNS, OPTIONAL
from devkit.samples.ecommerce.records import REFERENCES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from pyspark.sql import Column, DataFrame, SparkSession

    from devkit.bench.rules import Limit

EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_BLANKS = " \t\n\r"
#: A column, a rule, and where it is broken.
Check = tuple[str, str, "Column"]


def run(session: SparkSession, job: Path, as_of: datetime, out: Path) -> None:
    """Clean the records in the shards below ``job`` and write silver, quarantine and gold as Parquet below ``out``."""
    records = read(session, job / "shards" / "records", out / "bronze")
    silver: dict[str, DataFrame] = {}
    for table in COLUMNS:
        silver[table] = refine(table, records, silver, as_of, out)
    for name, frame in build(silver, lambda frame, name: save(frame, out / GOLD / name)).items():
        save(frame, out / GOLD / name)


def save(frame: DataFrame, folder: Path) -> DataFrame:
    """Write one table, and return it as it was written."""
    frame.write.option("compression", COMPRESSION).parquet(str(folder))
    return frame.sparkSession.read.parquet(str(folder))


def read(session: SparkSession, shards: Path, bronze: Path) -> DataFrame:
    """Parse the lines once, with every value as text, and keep them where a table's columns are read alone."""
    structs = (f"`{table}`: struct<{', '.join(f'{c}: string' for c in columns)}>" for table, columns in COLUMNS.items())
    lines = session.read.schema(f"record bigint, json struct<{', '.join(structs)}>").json(str(shards))
    return save(lines.select(F.col("record").alias("_row_no"), "json.*"), bronze)


def refine(table: str, records: DataFrame, silver: dict[str, DataFrame], as_of: datetime, out: Path) -> DataFrame:
    """Split a table into its good, typed rows and the bad ones, each under the first rule that it breaks."""
    columns = COLUMNS[table]
    values, checks = check(table, as_of)
    delivered = records.where(F.col(table).isNotNull()).select("_row_no", f"{table}.*")
    text = delivered.select("_row_no", *(F.trim(F.col(c), F.lit(_BLANKS)).alias(c) for c in columns))
    typed = text.withColumns({f"{column}_": value for column, value in values.items() if column != "age"})
    if "age" in values:
        typed = typed.withColumn("age_", values["age"])
    first = F.coalesce(*(F.when(broken, F.lit(code)) for code, (_, _, broken) in enumerate(checks)))
    rows = typed.withColumn("_first", first).persist()
    reasons = [(column, rule) for column, rule, _ in checks]
    late = late_verdicts(table, rows, silver, reasons).persist()
    kept = [F.col(f"{c}_").alias(c) if c in values else F.col(c) for c in columns if c != "password"]
    if table == "user":
        kept.append(F.col("age").try_cast("bigint").alias("delivered_age"))
    passing = rows.where("_first IS NULL")
    good = passing.join(F.broadcast(late), "_row_no", "left_anti").select("_row_no", *kept)
    bad = rows.where("_first IS NOT NULL").unionByName(passing.drop("_first").join(F.broadcast(late), "_row_no"))
    quarantine = rejected(bad, columns, reasons)
    if table == "user":
        good = normalised_users(good).persist()
        quarantine = quarantine.unionByName(findings(good))
    save(quarantine, out / QUARANTINE / table)
    written = save(good.drop("delivered_age"), out / SILVER / table)
    for frame in (rows, late, good):
        frame.unpersist()
    return written


def check(table: str, as_of: datetime) -> tuple[dict[str, Column], list[Check]]:
    """Return the typed values of a table's columns and the checks of its rows, in order."""
    columns = COLUMNS[table]
    limits = LIMITS.get(table, {})
    values: dict[str, Column] = {}
    empty = {column: F.col(column).isNull() | (F.col(column) == "") for column in columns}
    checks: list[Check] = [(column, "required", empty[column]) for column in columns if column not in OPTIONAL]
    checks += [(column, "fault_marker", F.contains(F.lower(column), F.lit("invalid"))) for column in columns]
    for column in columns:
        text, typed = F.col(column), F.col(f"{column}_")
        checks.append((column, "scalar", text.startswith("[") | text.startswith("{")))
        checks.append((column, "text", (F.length(text) > LONGEST_TEXT) | text.contains("\0")))
        if column in TIMESTAMPS:
            values[column] = text.try_cast("timestamp_ntz")
            checks.append((column, "type", typed.isNull() & ~empty[column]))
        elif column == "birth_of_date":
            values[column] = text.try_cast("date")
            checks.append((column, "type", typed.isNull()))
            checks.append((column, "before_as_of", typed >= F.lit(as_of.date())))
        elif column == "age":
            values[column] = years_since(F.col("birth_of_date_"), as_of)
            checks.append((column, "range", ~typed.between(0, 120)))
        elif column in limits:
            values[column] = text.try_cast("bigint" if limits[column].whole else MONEY)
            checks.append((column, "type", typed.isNull()))
            checks.append((column, "range", outside(typed, limits[column])))
        elif column == "sex":
            checks.append((column, "one_of", ~text.isin(*SEXES)))
        elif column == "status":
            values[column] = F.lower(text)
            checks.append((column, "one_of", ~typed.isin(*STATUSES)))
    return values, checks


def outside(number: Column, limit: Limit) -> Column:
    """Tell whether a number is not within its bounds."""
    below = number < limit.low if limit.inside in {"both", "left"} else number <= limit.low
    above = number > limit.high if limit.inside in {"both", "right"} else number >= limit.high
    return below | above


def years_since(day: Column, as_of: datetime) -> Column:
    """Return the whole years from a day to the as-of time."""
    later = F.month(day) * 100 + F.dayofmonth(day) > as_of.month * 100 + as_of.day
    return (F.lit(as_of.year) - F.year(day) - later.cast("int")).cast("bigint")


def late_verdicts(
    table: str, rows: DataFrame, silver: dict[str, DataFrame], reasons: list[tuple[str, str]]
) -> DataFrame:
    """Return the passing rows that other rows speak against, by number: repeated keys, then references to nothing.

    What they are rejected for is added to ``reasons``.
    """
    valid = rows.where("_first IS NULL")
    newest_first = Window.partitionBy("id").orderBy(F.desc("create_time_"), "_row_no")
    ranked = valid.select("_row_no", "id", "create_time_").withColumn("_rank", F.row_number().over(newest_first))
    found = [ranked.where("_rank > 1").select("_row_no", F.lit(len(reasons)).alias("_first"))]
    reasons.append(("id", "duplicate"))
    for referring, column, target in REFERENCES:
        if referring == table:
            known = silver[target].select(F.col("id").alias(column))
            orphans = valid.select("_row_no", column).join(known, column, "left_anti")
            found.append(orphans.select("_row_no", F.lit(len(reasons)).alias("_first")))
            reasons.append((column, "reference"))
    return reduce(lambda some, more: some.unionAll(more), found).groupBy("_row_no").agg(F.min("_first").alias("_first"))


def rejected(rows: DataFrame, columns: Sequence[str], reasons: list[tuple[str, str]]) -> DataFrame:
    """Say of every bad row which column broke which rule with which value."""
    names = rows.sparkSession.createDataFrame(
        [(code, *reason) for code, reason in enumerate(reasons)], "_first int, column string, rule string"
    )
    told = {column for column, _ in reasons} - {"password"}
    value = F.coalesce(*(F.when(F.col("column") == c, F.col(c)) for c in columns if c in told))
    return rows.join(F.broadcast(names), "_first").select("_row_no", "column", "rule", value.alias("value"))


@F.arrow_udf("string")  # type: ignore[attr-defined, untyped-decorator]
def phone_in_one_form(numbers: pa.Array) -> pa.Array:
    """Return phone numbers in E.164, null where they are none."""
    return pa.array([None if text is None else e164(text) for text in numbers.to_pylist()], pa.string())


def normalised_users(users: DataFrame) -> DataFrame:
    """Bring e-mail and phone into one form."""
    email = F.lower("email")
    return users.withColumns(
        {"email": F.when(email.rlike(EMAIL), email), "phone_number": phone_in_one_form("phone_number")}
    )


def findings(users: DataFrame) -> DataFrame:
    """Return what was not as delivered."""
    found = {
        ("email", "normalise"): F.col("email").isNull(),
        ("phone_number", "normalise"): F.col("phone_number").isNull(),
        ("age", "differs"): F.col("delivered_age") != F.col("age"),
    }
    told = (
        F.when(broken, F.struct(F.lit(column).alias("column"), F.lit(rule).alias("rule")))
        for (column, rule), broken in found.items()
    )
    each = users.select("_row_no", F.explode(F.array_compact(F.array(*told))).alias("told"))
    return each.select("_row_no", "told.column", "told.rule", F.lit(None).cast("string").alias("value"))
