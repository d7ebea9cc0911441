"""Gold of the Polars peer."""

from __future__ import annotations

import polars as pl

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

MONEY = pl.Decimal(18, 2)
Tables = dict[str, pl.DataFrame]


def build(silver: Tables) -> Tables:
    """Make the gold tables."""
    orders, products = gold_orders(silver), gold_products(silver)
    lazy = {
        "dw_users": gold_users(silver["user"]),
        "dw_locations": gold_locations(silver["address"]),
        "dw_products": products.lazy(),
        "dw_orders": orders.lazy(),
        "dw_time": gold_time(orders),
        "dw_user_metrics": user_metrics(orders.lazy()),
        "dw_category_metrics": category_metrics(orders.lazy(), products.lazy()),
    }
    origin = {"_job_id": pl.lit(JOB_ID), "_user_id": pl.lit(USER_ID), "_loaded_at": pl.lit(LOADED_AT)}
    tables = pl.collect_all([table.with_columns(**origin) for table in lazy.values()])
    return dict(zip(lazy, tables, strict=True))


def without_personal_values(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Replace personal text by tokens."""
    columns = {}
    for column in PERSONAL[table]:
        values = [None if text is None else token(text) for text in frame[column]]
        columns[column] = pl.Series(values, dtype=pl.String)
    return frame.with_columns(**columns)


def gold_users(users: pl.DataFrame) -> pl.LazyFrame:
    """Return the users with their age group."""
    groups = pl.col("age").bin_intervals(
        [top + 1 for top, _ in AGE_GROUPS[:-1]], labels=[name for _, name in AGE_GROUPS]
    )
    lazy = without_personal_values("user", users).lazy().with_columns(age_group=groups.cast(pl.String))
    lazy = lazy.drop("_row_no", "birth_of_date", "delete_time")
    return lazy.rename({"id": "user_id", "create_time": "created_at"})


def gold_locations(addresses: pl.DataFrame) -> pl.LazyFrame:
    """Return the addresses."""
    lazy = without_personal_values("address", addresses).lazy().rename({"id": "location_id"})
    return lazy.drop("_row_no", "create_time", "delete_time")


def gold_products(silver: Tables) -> pl.DataFrame:
    """Return the stock units with product, subcategory and category."""
    category = silver["category"].lazy().select(category_id="id", category="name")
    lower = silver["subcategory"].lazy().select(subcategory_id="id", subcategory="name", category_id="parent_id")
    product = silver["product"].lazy().select(product_id="id", product="name", subcategory_id="category_id")
    sku = silver["products_sku"].lazy().select("product_id", "price", sku_id="id", stock="quantity")
    products = sku.join(product, on="product_id").join(lower, on="subcategory_id").join(category, on="category_id")
    return products.collect()


def gold_orders(silver: Tables) -> pl.DataFrame:
    """Return the fact: one row an order item."""
    items = silver["order_item"].lazy().select("order_id", "quantity", order_item_id="id", sku_id="products_sku_id")
    order = silver["order"].lazy().select("user_id", "payment_id", ordered_at="create_time", order_id="id")
    payment = silver["payment"].lazy()
    payment = payment.select(payment_id="id", payment_status="status", payment_provider="provider")
    sku = silver["products_sku"].lazy().select(sku_id="id", unit_price="price")
    location = silver["address"].lazy().group_by("user_id").agg(location_id=pl.col("id").min())
    fact = items.join(order, on="order_id").join(payment, on="payment_id").join(sku, on="sku_id")
    amount = (pl.col("quantity").cast(pl.Decimal(18, 0)) * pl.col("unit_price")).cast(MONEY)
    fact = fact.join(location, on="user_id", how="left").drop("payment_id")
    return fact.with_columns(amount=amount, date_key=date_key("ordered_at")).collect()


def date_key(moment: str) -> pl.Expr:
    """Return 20260131 for a time on 31 January 2026."""
    return pl.col(moment).dt.strftime("%Y%m%d").cast(pl.Int64)


def gold_time(orders: pl.DataFrame) -> pl.LazyFrame:
    """Return every calendar day from the first to the last order's."""
    day, date = pl.col("ordered_at").dt.date(), pl.col("date")
    days = orders.lazy().select(date=pl.date_ranges(day.min(), day.max())).explode("date").drop_nulls()
    parts = {part: getattr(date.dt, part)() for part in ("year", "quarter", "month", "day", "weekday")}
    return days.with_columns(date_key=date_key("date"), **parts, is_weekend=date.dt.weekday() > 5)


def totals(by: pl.Expr, *further: pl.Expr, orders: pl.LazyFrame) -> pl.LazyFrame:
    """Return orders, items, units and revenue by an expression, and further aggregates."""
    return orders.group_by(by).agg(
        *further,
        orders=pl.col("order_id").n_unique(),
        items=pl.len(),
        units=pl.col("quantity").sum(),
        revenue=pl.col("amount").sum().cast(MONEY),
    )


def user_metrics(orders: pl.LazyFrame) -> pl.LazyFrame:
    """Return each buyer's orders, items, revenue and segment."""
    moment = pl.col("ordered_at")
    first, last = moment.min().alias("first_order_at"), moment.max().alias("last_order_at")
    segments = (pl.when(pl.col("revenue") > limit).then(pl.lit(name)) for limit, name in SEGMENTS)
    metrics = totals(pl.col("user_id"), first, last, orders=orders)
    return metrics.with_columns(segment=pl.coalesce(*segments, pl.lit(LOWEST_SEGMENT)))


def category_metrics(orders: pl.LazyFrame, products: pl.LazyFrame) -> pl.LazyFrame:
    """Return orders, items, revenue and its share for each category name."""
    sold = orders.join(products.select("sku_id", "category"), on="sku_id")
    metrics = totals(pl.col("category").str.strip_chars().str.to_lowercase(), orders=sold)
    revenue = pl.col("revenue").cast(pl.Float64)
    return metrics.with_columns(share=(revenue / revenue.sum()).round(6))
