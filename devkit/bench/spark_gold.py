"""Gold of the PySpark peer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import functions as F  # noqa: N812 - as everybody who writes PySpark calls it

from devkit.bench.rules import (
    AGE_GROUPS,
    JOB_ID,
    LOADED_AT,
    LOWEST_SEGMENT,
    PERSONAL,
    SEGMENTS,
    USER_ID,
    token,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, DataFrame

    Tables = dict[str, DataFrame]

MONEY = "decimal(18, 2)"


def build(silver: Tables, save: Callable[[DataFrame, str], DataFrame]) -> Tables:
    """Make the gold tables; those that others are made of are kept by ``save``, and are not among those returned."""
    orders = save(with_origin(gold_orders(silver)), "dw_orders")
    products = save(with_origin(gold_products(silver)), "dw_products")
    tables = {
        "dw_users": gold_users(silver["user"]),
        "dw_locations": gold_locations(silver["address"]),
        "dw_time": gold_time(orders),
        "dw_user_metrics": user_metrics(orders),
        "dw_category_metrics": category_metrics(orders, products),
    }
    return {name: with_origin(table) for name, table in tables.items()}


def with_origin(table: DataFrame) -> DataFrame:
    """Add which job and user the rows come from, and when."""
    loaded_at = F.lit(LOADED_AT.isoformat()).cast("timestamp_ntz")
    return table.withColumns({"_job_id": F.lit(JOB_ID), "_user_id": F.lit(USER_ID), "_loaded_at": loaded_at})


@F.arrow_udf("string")  # type: ignore[attr-defined, untyped-decorator]
def as_token(values: pa.Array) -> pa.Array:
    """Replace personal text by tokens."""
    return pa.array([None if text is None else token(text) for text in values.to_pylist()], pa.string())


def without_personal_values(table: str, frame: DataFrame) -> DataFrame:
    """Replace a table's personal text by tokens."""
    return frame.withColumns({column: as_token(column) for column in PERSONAL[table]})


def gold_users(users: DataFrame) -> DataFrame:
    """Return the users with their age group."""
    groups = F.coalesce(*(F.when(F.col("age") <= top, F.lit(name)) for top, name in AGE_GROUPS))
    hidden = without_personal_values("user", users).withColumn("age_group", groups)
    hidden = hidden.drop("_row_no", "birth_of_date", "delete_time")
    return hidden.withColumnsRenamed({"id": "user_id", "create_time": "created_at"})


def gold_locations(addresses: DataFrame) -> DataFrame:
    """Return the addresses."""
    hidden = without_personal_values("address", addresses).withColumnRenamed("id", "location_id")
    return hidden.drop("_row_no", "create_time", "delete_time")


def gold_products(silver: Tables) -> DataFrame:
    """Return the stock units with product, subcategory and category."""
    category = _named(silver["category"], category_id="id", category="name")
    lower = _named(silver["subcategory"], subcategory_id="id", subcategory="name", category_id="parent_id")
    product = _named(silver["product"], product_id="id", product="name", subcategory_id="category_id")
    sku = _named(silver["products_sku"], product_id="product_id", price="price", sku_id="id", stock="quantity")
    return sku.join(product, "product_id").join(lower, "subcategory_id").join(category, "category_id")


def gold_orders(silver: Tables) -> DataFrame:
    """Return the fact: one row an order item."""
    items = _named(
        silver["order_item"], order_id="order_id", quantity="quantity", order_item_id="id", sku_id="products_sku_id"
    )
    order = _named(silver["order"], user_id="user_id", payment_id="payment_id", ordered_at="create_time", order_id="id")
    payment = _named(silver["payment"], payment_id="id", payment_status="status", payment_provider="provider")
    sku = _named(silver["products_sku"], sku_id="id", unit_price="price")
    location = silver["address"].groupBy("user_id").agg(F.min("id").alias("location_id"))
    amount = (F.col("quantity").cast("decimal(18, 0)") * F.col("unit_price")).cast(MONEY)
    fact = items.join(order, "order_id").join(payment, "payment_id").join(sku, "sku_id")
    fact = fact.join(location, "user_id", "left").drop("payment_id")
    return fact.withColumns({"amount": amount, "date_key": date_key(F.col("ordered_at"))})


def _named(table: DataFrame, **columns: str) -> DataFrame:
    return table.select(*(F.col(column).alias(name) for name, column in columns.items()))


def date_key(moment: Column) -> Column:
    """Return 20260131 for a time on 31 January 2026."""
    return (F.year(moment) * 10_000 + F.month(moment) * 100 + F.dayofmonth(moment)).cast("bigint")


def gold_time(orders: DataFrame) -> DataFrame:
    """Return every calendar day from the first to the last order's."""
    day, date = F.col("ordered_at").cast("date"), F.col("date")
    span = orders.agg(F.min(day).alias("first"), F.max(day).alias("last")).where("first IS NOT NULL")
    days = span.select(F.explode(F.sequence("first", "last")).alias("date"))
    weekday = F.weekday(date) + 1
    parts = {"year": F.year(date), "quarter": F.quarter(date), "month": F.month(date), "day": F.dayofmonth(date)}
    return days.withColumns({"date_key": date_key(date), **parts, "weekday": weekday, "is_weekend": weekday > 5})


def totals() -> dict[str, Column]:
    """Return orders, items, units and revenue."""
    return {
        "orders": F.countDistinct("order_id"),
        "items": F.count("*"),
        "units": F.sum("quantity"),
        "revenue": F.sum("amount").cast(MONEY),
    }


def user_metrics(orders: DataFrame) -> DataFrame:
    """Return each buyer's orders, items, revenue and segment."""
    aggregates = {
        **totals(),
        "first_order_at": F.min("ordered_at"),
        "last_order_at": F.max("ordered_at"),
    }
    metrics = orders.groupBy("user_id").agg(*(value.alias(name) for name, value in aggregates.items()))
    segments = (F.when(F.col("revenue") > limit, F.lit(name)) for limit, name in SEGMENTS)
    return metrics.withColumn("segment", F.coalesce(*segments, F.lit(LOWEST_SEGMENT)))


def category_metrics(orders: DataFrame, products: DataFrame) -> DataFrame:
    """Return orders, items, revenue and its share for each category name."""
    names = products.select("sku_id", F.lower(F.trim("category")).alias("category"))
    by_category = orders.join(names, "sku_id").groupBy("category")
    metrics = by_category.agg(*(value.alias(name) for name, value in totals().items()))
    revenue = F.col("revenue").cast("double")
    share = metrics.agg(F.sum(revenue).alias("all"))
    return metrics.crossJoin(share).withColumn("share", F.round(revenue / F.col("all"), 6)).drop("all")
