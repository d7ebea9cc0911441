"""E-commerce gold: dimensions, the order-item fact, and what is computed from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from shared.datasets.calendar import calendar
from shared.datasets.gold_table import gold_table
from shared.frames.dates import date_key
from shared.frames.numbers import PRECISION, from_cents, to_cents

if TYPE_CHECKING:
    from shared.frames.engine import Engine, Frame

_MONEY = nw.Decimal(PRECISION, 2)
#: A 64-bit integer as a decimal; a product with money then has 38 digits on every engine, and is cast back.
_WHOLE = nw.Decimal(19, 0)

_AGE_GROUPS = ((18, "0–17"), (25, "18–24"), (35, "25–34"), (45, "35–44"), (55, "45–54"), (65, "55–64"))
_OLDEST = "65+"
_SEGMENTS = ((10_000, "VIP"), (5_000, "Premium"), (1_000, "Regular"))
_LOWEST_SEGMENT = "New"


@gold_table("user_id", grain="user")
def dw_users(user: Frame) -> Frame:
    """One row a user; names, e-mail and telephone number are tokens."""
    return user.select(
        nw.col("id").alias("user_id"),
        "username",
        "real_name",
        "email",
        "phone_number",
        "sex",
        "job",
        "company",
        "age",
        _age_group(nw.col("age")).alias("age_group"),
        nw.col("create_time").alias("created_at"),
    )


def _age_group(age: nw.Expr) -> nw.Expr:
    group: nw.Expr = nw.lit(_OLDEST)
    for below, name in reversed(_AGE_GROUPS):
        group = nw.when(age < below).then(nw.lit(name)).otherwise(group)
    return group


@gold_table("location_id", grain="address")
def dw_locations(address: Frame) -> Frame:
    """One row an address; the address line is a token."""
    return address.select(
        nw.col("id").alias("location_id"),
        "user_id",
        "title",
        "address_line",
        "city",
        "postal_code",
        "country",
    )


@gold_table("sku_id", grain="products_sku")
def dw_products(products_sku: Frame, product: Frame, subcategory: Frame, category: Frame) -> Frame:
    """One row a stock unit, with its product, subcategory and category."""
    products = product.select(
        nw.col("id").alias("product_id"),
        nw.col("name").alias("product"),
        nw.col("category_id").alias("subcategory_id"),
    )
    subcategories = subcategory.select(
        nw.col("id").alias("subcategory_id"),
        nw.col("name").alias("subcategory"),
        nw.col("parent_id").alias("category_id"),
    )
    categories = category.select(nw.col("id").alias("category_id"), nw.col("name").alias("category"))
    return (
        products_sku.select(nw.col("id").alias("sku_id"), "product_id", "price", nw.col("quantity").alias("stock"))
        .join(products, on="product_id", how="inner")
        .join(subcategories, on="subcategory_id", how="inner")
        .join(categories, on="category_id", how="inner")
        .select(
            *("sku_id", "product_id", "product", "subcategory_id", "subcategory", "category_id", "category"),
            *("price", "stock"),
        )
    )


@gold_table("order_item_id", grain="order_item")
def dw_orders(order_item: Frame, order: Frame, payment: Frame, products_sku: Frame, address: Frame) -> Frame:
    """One row an order item, at the price of its stock unit; the location is the user's address of smallest id."""
    orders = order.select(
        nw.col("id").alias("order_id"), "user_id", "payment_id", nw.col("create_time").alias("ordered_at")
    )
    payments = payment.select(
        nw.col("id").alias("payment_id"), nw.col("status").alias("payment_status"), nw.col("provider")
    )
    prices = products_sku.select(nw.col("id").alias("sku_id"), nw.col("price").alias("unit_price"))
    locations = address.group_by("user_id").agg(nw.col("id").min().alias("location_id"))
    amount = (nw.col("quantity").cast(_WHOLE) * nw.col("unit_price")).cast(_MONEY)
    return (
        order_item.select(
            nw.col("id").alias("order_item_id"),
            "order_id",
            nw.col("products_sku_id").alias("sku_id"),
            "quantity",
        )
        .join(orders, on="order_id", how="inner")
        .join(payments, on="payment_id", how="inner")
        .join(prices, on="sku_id", how="inner")
        .join(locations, on="user_id", how="left")
        .with_columns(amount.alias("amount"), date_key(nw.col("ordered_at")).alias("date_key"))
        .select(
            *(
                "order_item_id",
                "order_id",
                "user_id",
                "location_id",
                "sku_id",
                "date_key",
                "quantity",
                "unit_price",
            ),
            *("amount", "payment_status", nw.col("provider").alias("payment_provider"), "ordered_at"),
        )
    )


@gold_table("date_key")
def dw_time(dw_orders: Frame, engine: Engine) -> Frame:
    """One row for every calendar day (UTC) from the first to the last order's, without gaps."""
    return calendar(dw_orders, "ordered_at", engine)


@gold_table("user_id")
def dw_user_metrics(dw_orders: Frame) -> Frame:
    """One row a user with an order item. ``items`` counts order items, ``units`` what was ordered of them."""
    moment = nw.col("ordered_at")
    totals = _totals(dw_orders, "user_id", moment.min().alias("first_order_at"), moment.max().alias("last_order_at"))
    return totals.with_columns(_segment(nw.col("revenue")).alias("segment"))


def _totals(orders: Frame, by: str, *further: nw.Expr) -> Frame:
    """Return orders, items, units and revenue by a column, and further aggregates."""
    cents = "cents"
    summed = (
        orders.with_columns(to_cents(nw.col("amount")).alias(cents))
        .group_by(by)
        .agg(
            nw.col("order_id").n_unique().alias("orders"),
            nw.len().alias("items"),
            nw.col("quantity").sum().alias("units"),
            nw.col(cents).sum(),
            *further,
        )
    )
    counts = [nw.col(name).cast(nw.Int64()) for name in ("orders", "items", "units")]
    return summed.with_columns(*counts, from_cents(nw.col(cents).cast(nw.Int64())).alias("revenue")).drop(cents)


def _segment(revenue: nw.Expr) -> nw.Expr:
    segment: nw.Expr = nw.lit(_LOWEST_SEGMENT)
    for above, name in reversed(_SEGMENTS):
        segment = nw.when(revenue > above).then(nw.lit(name)).otherwise(segment)
    return segment


@gold_table("category")
def dw_category_metrics(dw_orders: Frame, dw_products: Frame) -> Frame:
    """One row a category by its name, trimmed and in small letters; ``share`` is of all revenue, 0 to 1."""
    names = nw.col("category").str.strip_chars(" ").str.to_lowercase()
    categories = dw_products.select("sku_id", names.alias("category"))
    totals = _totals(dw_orders.join(categories, on="sku_id", how="inner"), "category")
    revenue = nw.col("revenue").cast(nw.Float64())
    return totals.with_columns((revenue / revenue.sum()).round(6).alias("share"))
