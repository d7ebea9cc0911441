"""The job in DuckDB, as SQL written by hand for this one dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from devkit.bench.layers import COMPRESSION, GOLD, QUARANTINE, SILVER
from devkit.bench.rules import (
    AGE_GROUPS,
    JOB_ID,
    LIMITS,
    LOADED_AT,
    LONGEST_TEXT,
    LOWEST_SEGMENT,
    PERSONAL,
    SEGMENTS,
    SEXES,
    STATUSES,
    TIMESTAMPS,
    USER_ID,
    e164,
    token,
)
from devkit.samples.ecommerce.faults import COLUMNS, OPTIONAL
from devkit.samples.ecommerce.records import REFERENCES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

Checks = list[tuple[str, str, str]]

EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
#: Trims only what needs it, which is several times as fast as to trim everything.
_TRIMMED = "CASE WHEN {0} < '!' OR ends_with({0}, ' ') THEN trim({0}, E' \\t\\n\\r') ELSE {0} END"
_COMPARISONS = {"both": ("<", ">"), "right": ("<=", ">"), "left": ("<", ">=")}


def run(source: Path, as_of: datetime, out: Path) -> None:
    """Clean the file ``source`` and write silver, quarantine and gold as Parquet below ``out``."""
    with duckdb.connect() as database:
        for name, function in {"e164": _of_arrays(e164), "token": _of_arrays(token)}.items():
            database.create_function(
                name,
                function,
                ["VARCHAR"],
                "VARCHAR",
                type=PythonUDFType.ARROW,
                null_handling=FunctionNullHandling.SPECIAL,
            )
        read(database, source)
        for table in COLUMNS:
            refine(database, table, as_of)
        normalise_users(database)
        build(database)
        write(database, out)


def _of_arrays(function: Callable[[str], str | None]) -> Callable[[pa.Array], pa.Array]:
    def of_array(values: pa.Array) -> pa.Array:
        return pa.array([None if text is None else function(text) for text in values.to_pylist()], pa.string())

    return of_array


def read(database: duckdb.DuckDBPyConnection, source: Path) -> None:
    """Read the JSON array with every value as text."""
    fields = {table: ", ".join(f'"{column}" VARCHAR' for column in columns) for table, columns in COLUMNS.items()}
    structs = ", ".join(f"'{table}': 'STRUCT({names})'" for table, names in fields.items())
    database.execute(
        "CREATE TABLE raw AS SELECT row_number() OVER () AS _row_no, * "
        f"FROM read_json('{source}', format = 'array', columns = {{{structs}}})"
    )


def refine(database: duckdb.DuckDBPyConnection, table: str, as_of: datetime) -> None:
    """Judge a table's rows, each by the first rule that it breaks, and keep them with their typed values."""
    columns = COLUMNS[table]
    values, checks = check(table, as_of)
    delivered = {column: f'"{table}"."{column}"' for column in columns}
    text = ", ".join(f'{_TRIMMED.format(cell)} AS "{column}"' for column, cell in delivered.items())
    typed = "".join(f', {value} AS "{column}_"' for column, value in values.items())
    first = " ".join(f"WHEN {broken} THEN {code}" for code, (_, _, broken) in enumerate(checks))
    late = [("id", "duplicate", f'_row_no IN (FROM "{table}_repeats")')]
    late += [(c, "reference", f'"{c}" NOT IN (SELECT id FROM "{t}_good")') for r, c, t in REFERENCES if r == table]
    later = " ".join(f"WHEN {broken} THEN {code}" for code, (_, _, broken) in enumerate(late, len(checks)))
    database.execute(f"""
        CREATE TABLE "{table}_checked" AS
        WITH delivered AS (SELECT _row_no, {text} FROM raw WHERE "{table}" IS NOT NULL),
        typed AS (SELECT *{typed} FROM delivered)
        SELECT *, CASE {first} END AS _first FROM typed;
        CREATE TABLE "{table}_repeats" AS
        WITH valid AS (SELECT id, create_time_, _row_no FROM "{table}_checked" WHERE _first IS NULL)
        SELECT _row_no FROM valid SEMI JOIN (SELECT id FROM valid GROUP BY id HAVING count(*) > 1) USING (id)
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY create_time_ DESC, _row_no) > 1;
        CREATE TABLE "{table}_judged" AS
        SELECT * REPLACE (CASE WHEN _first IS NOT NULL THEN _first {later} END AS _first) FROM "{table}_checked"
        """)
    kept = ", ".join(f'"{c}_" AS "{c}"' if c in values else f'"{c}"' for c in columns if c != "password")
    further = ", try_cast(age AS BIGINT) AS delivered_age" if table == "user" else ""
    database.execute(
        f'CREATE TABLE "{table}_good" AS SELECT _row_no, {kept}{further} FROM "{table}_judged" WHERE _first IS NULL'
    )
    reasons = ", ".join(f"({no}, '{column}', '{rule}')" for no, (column, rule, _) in enumerate(checks + late))
    value = " ".join(f"WHEN '{column}' THEN \"{column}\"" for column in columns if column != "password")
    database.execute(f"""
        CREATE TABLE "{table}_bad" AS
        SELECT _row_no, "column", "rule", CASE "column" {value} END AS "value"
        FROM "{table}_judged" JOIN (VALUES {reasons}) reasons(_first, "column", "rule") USING (_first)""")


def check(table: str, as_of: datetime) -> tuple[dict[str, str], Checks]:
    """Return the typed values of a table's columns and the checks of its rows, in order, as SQL."""
    columns = COLUMNS[table]
    limits = LIMITS.get(table, {})
    values: dict[str, str] = {}
    checks: Checks = [(c, "required", f'"{c}" IS NULL OR "{c}" = \'\'') for c in columns if c not in OPTIONAL]
    checks += [(column, "fault_marker", f"contains(lower(\"{column}\"), 'invalid')") for column in columns]
    for column in columns:
        text, typed = f'"{column}"', f'"{column}_"'
        checks.append((column, "scalar", f"{text}[1] IN ('[', '{{')"))
        long = f"strlen({text}) > {LONGEST_TEXT} AND length({text}) > {LONGEST_TEXT}"
        checks.append((column, "text", f"{long} OR contains({text}, chr(0))"))
        if column in TIMESTAMPS:
            values[column] = f"try_cast({text} AS TIMESTAMP)"
            checks.append((column, "type", f"{typed} IS NULL AND {text} <> ''"))
        elif column == "birth_of_date":
            values[column] = f"try_cast({text} AS DATE)"
            checks.append((column, "type", f"{typed} IS NULL"))
            checks.append((column, "before_as_of", f"{typed} >= DATE '{as_of:%Y-%m-%d}'"))
        elif column == "age":
            values[column] = f"date_sub('year', birth_of_date_, DATE '{as_of:%Y-%m-%d}')"
            checks.append((column, "range", f"{typed} NOT BETWEEN 0 AND 120"))
        elif column in limits:
            limit = limits[column]
            below, above = _COMPARISONS[limit.inside]
            whole = f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]{{1,18}}') THEN {text}::BIGINT END"
            values[column] = whole if limit.whole else f"try_cast({text} AS DECIMAL(18, 2))"
            checks.append((column, "type", f"{typed} IS NULL"))
            checks.append((column, "range", f"{typed} {below} {limit.low} OR {typed} {above} {limit.high}"))
        elif column == "sex":
            checks.append((column, "one_of", f"{text} NOT IN {SEXES}"))
        elif column == "status":
            values[column] = f"lower({text})"
            checks.append((column, "one_of", f"{typed} NOT IN {STATUSES}"))
    return values, checks


def normalise_users(database: duckdb.DuckDBPyConnection) -> None:
    """Bring e-mail and phone into one form, and note what was not as delivered."""
    database.execute(f"""
        CREATE TABLE phones AS SELECT phone_number, e164(phone_number) AS phone
        FROM (SELECT DISTINCT phone_number FROM user_good);
        CREATE OR REPLACE TABLE user_good AS
        SELECT * EXCLUDE (phone) REPLACE (
            phone AS phone_number,
            CASE WHEN regexp_full_match(email, '{EMAIL}') THEN lower(email) END AS email
        ) FROM user_good JOIN phones USING (phone_number);
        INSERT INTO user_bad
        SELECT _row_no, 'email', 'normalise', NULL FROM user_good WHERE email IS NULL UNION ALL
        SELECT _row_no, 'phone_number', 'normalise', NULL FROM user_good WHERE phone_number IS NULL UNION ALL
        SELECT _row_no, 'age', 'differs', NULL FROM user_good WHERE delivered_age <> age;
        ALTER TABLE user_good DROP delivered_age""")


def build(database: duckdb.DuckDBPyConnection) -> None:
    """Make the gold tables."""
    groups = " ".join(f"WHEN age <= {top} THEN '{name}'" for top, name in AGE_GROUPS)
    segments = " ".join(f"WHEN revenue > {limit} THEN '{name}'" for limit, name in SEGMENTS)
    hidden = {table: ", ".join(f"token({c}) AS {c}" for c in columns) for table, columns in PERSONAL.items()}
    totals = (
        "count(DISTINCT order_id) AS orders, count(*) AS items, sum(quantity)::BIGINT AS units, "
        "sum(amount)::DECIMAL(18, 2) AS revenue"
    )
    database.execute(f"""
        CREATE TABLE dw_users AS
        SELECT id AS user_id, {hidden["user"]}, sex, job, company, age, CASE {groups} END AS age_group,
               create_time AS created_at FROM user_good;
        CREATE TABLE dw_locations AS
        SELECT id AS location_id, user_id, title, {hidden["address"]}, city, postal_code, country FROM address_good;
        CREATE TABLE dw_products AS
        SELECT s.id AS sku_id, p.id AS product_id, p.name AS product, u.id AS subcategory_id, u.name AS subcategory,
               c.id AS category_id, c.name AS category, s.price, s.quantity AS stock
        FROM products_sku_good s JOIN product_good p ON p.id = s.product_id
        JOIN subcategory_good u ON u.id = p.category_id JOIN category_good c ON c.id = u.parent_id;
        CREATE TABLE dw_orders AS
        SELECT i.id AS order_item_id, i.order_id, o.user_id, l.location_id, s.id AS sku_id,
               strftime(o.create_time, '%Y%m%d')::BIGINT AS date_key, i.quantity, s.price AS unit_price,
               (i.quantity::DECIMAL(18, 0) * s.price)::DECIMAL(18, 2) AS amount, p.status AS payment_status,
               p.provider AS payment_provider, o.create_time AS ordered_at
        FROM order_item_good i JOIN order_good o ON o.id = i.order_id JOIN payment_good p ON p.id = o.payment_id
        JOIN products_sku_good s ON s.id = i.products_sku_id
        LEFT JOIN (SELECT user_id, min(id) AS location_id FROM address_good GROUP BY user_id) l USING (user_id);
        CREATE TABLE dw_time AS
        SELECT strftime(day, '%Y%m%d')::BIGINT AS date_key, day::DATE AS date, year(day) AS year,
               quarter(day) AS quarter, month(day) AS month, day(day) AS day, isodow(day) AS weekday,
               isodow(day) > 5 AS is_weekend
        FROM (SELECT unnest(generate_series(min(ordered_at)::DATE, max(ordered_at)::DATE, INTERVAL 1 DAY)) AS day
              FROM dw_orders);
        CREATE TABLE dw_user_metrics AS
        SELECT *, CASE {segments} ELSE '{LOWEST_SEGMENT}' END AS segment FROM (
            SELECT user_id, {totals}, min(ordered_at) AS first_order_at, max(ordered_at) AS last_order_at
            FROM dw_orders GROUP BY user_id);
        CREATE TABLE dw_category_metrics AS
        SELECT *, round(revenue::DOUBLE / sum(revenue) OVER ()::DOUBLE, 6) AS share FROM (
            SELECT lower(trim(category)) AS category, {totals}
            FROM dw_orders JOIN dw_products USING (sku_id) GROUP BY ALL)""")


def write(database: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Write all tables as Parquet."""
    for layer in (SILVER, QUARANTINE, GOLD):
        (out / layer).mkdir(parents=True)
    origin = f"'{JOB_ID}' AS _job_id, '{USER_ID}' AS _user_id, TIMESTAMP '{LOADED_AT}' AS _loaded_at"
    files = [(f'SELECT * FROM "{table}_good"', out / SILVER / table) for table in COLUMNS]
    files += [(f'SELECT * FROM "{table}_bad"', out / QUARANTINE / table) for table in COLUMNS]
    gold = database.execute("SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, 'dw_')").fetchall()
    files += [(f"SELECT *, {origin} FROM {table}", out / GOLD / table) for (table,) in gold]
    for query, path in files:
        database.execute(f"COPY ({query}) TO '{path}.parquet' (FORMAT parquet, COMPRESSION {COMPRESSION})")
