"""Gold of the pandas peer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

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


def build(silver: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Make the gold tables; money stays whole cents until a table is done."""
    orders, products = gold_orders(silver), gold_products(silver)
    tables = {
        "dw_users": gold_users(silver["user"]),
        "dw_locations": gold_locations(silver["address"]),
        "dw_products": products.assign(price=money(products["price"])),
        "dw_orders": orders.assign(unit_price=money(orders["unit_price"]), amount=money(orders["amount"])),
        "dw_time": gold_time(orders["ordered_at"]),
        "dw_user_metrics": user_metrics(orders),
        "dw_category_metrics": category_metrics(orders, products),
    }
    return {
        name: table.assign(_job_id=JOB_ID, _user_id=USER_ID, _loaded_at=LOADED_AT) for name, table in tables.items()
    }


def money(whole_cents: pd.Series[Any]) -> pd.Series[Any]:
    """Return whole cents as a decimal with two places."""
    exact = pc.multiply(pa.array(whole_cents).cast(pa.decimal128(19, 0)), pa.scalar("0.01").cast(pa.decimal128(3, 2)))
    return pd.Series(pd.arrays.ArrowExtensionArray(exact.cast(pa.decimal128(18, 2))), index=whole_cents.index)


def without_personal_values(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Replace personal text by tokens."""
    return frame.assign(**{column: frame[column].map(token, na_action="ignore") for column in PERSONAL[table]})


def gold_users(users: pd.DataFrame) -> pd.DataFrame:
    """Return the users with their age group."""
    groups = pd.cut(users["age"], [-1, *(top for top, _ in AGE_GROUPS)], labels=[name for _, name in AGE_GROUPS])
    users = without_personal_values("user", users).assign(age_group=groups.astype("str"))
    users = users.rename(columns={"id": "user_id", "create_time": "created_at"})
    return users.drop(columns=["_row_no", "birth_of_date", "delete_time"])


def gold_locations(addresses: pd.DataFrame) -> pd.DataFrame:
    """Return the addresses."""
    locations = without_personal_values("address", addresses).rename(columns={"id": "location_id"})
    return locations.drop(columns=["_row_no", "create_time", "delete_time"])


def gold_products(silver: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the stock units with product, subcategory and category."""
    category = silver["category"][["id", "name"]].set_axis(["category_id", "category"], axis=1)
    lower = silver["subcategory"][["id", "name", "parent_id"]]
    lower = lower.set_axis(["subcategory_id", "subcategory", "category_id"], axis=1)
    product = silver["product"][["id", "name", "category_id"]]
    product = product.set_axis(["product_id", "product", "subcategory_id"], axis=1)
    sku = silver["products_sku"][["id", "product_id", "price", "quantity"]]
    sku = sku.set_axis(["sku_id", "product_id", "price", "stock"], axis=1)
    return sku.merge(product, on="product_id").merge(lower, on="subcategory_id").merge(category, on="category_id")


def gold_orders(silver: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the fact: one row an order item."""
    items = silver["order_item"][["id", "order_id", "products_sku_id", "quantity"]]
    items = items.set_axis(["order_item_id", "order_id", "sku_id", "quantity"], axis=1)
    order = silver["order"][["id", "user_id", "payment_id", "create_time"]]
    order = order.set_axis(["order_id", "user_id", "payment_id", "ordered_at"], axis=1)
    payment = silver["payment"][["id", "status", "provider"]]
    payment = payment.set_axis(["payment_id", "payment_status", "payment_provider"], axis=1)
    sku = silver["products_sku"][["id", "price"]].set_axis(["sku_id", "unit_price"], axis=1)
    location = silver["address"].groupby("user_id", sort=False)["id"].min().rename("location_id").reset_index()
    fact = items.merge(order, on="order_id").merge(payment, on="payment_id").merge(sku, on="sku_id")
    fact = fact.merge(location, on="user_id", how="left").drop(columns="payment_id")
    return fact.assign(amount=fact["quantity"] * fact["unit_price"], date_key=date_key(fact["ordered_at"]))


def date_key(moment: pd.Series[Any]) -> pd.Series[Any]:
    """Return 20260131 for a time on 31 January 2026."""
    key: pd.Series[Any] = moment.dt.year * 10_000 + moment.dt.month * 100 + moment.dt.day
    return key


def gold_time(ordered: pd.Series[Any]) -> pd.DataFrame:
    """Return every calendar day from the first to the last order's."""
    days = pd.Series(pd.date_range(ordered.min().normalize(), ordered.max().normalize()))
    weekday = days.dt.day_of_week + 1
    parts = {part: getattr(days.dt, part) for part in ("year", "quarter", "month", "day")}
    return pd.DataFrame(
        {"date_key": date_key(days), "date": days.dt.date, **parts, "weekday": weekday, "is_weekend": weekday > 5}
    )


def totals(grouped: Any, **further: tuple[str, str]) -> pd.DataFrame:
    """Return orders, items, units and revenue of groups of order items."""
    result: pd.DataFrame = grouped.agg(
        orders=("order_id", "nunique"),
        items=("order_item_id", "size"),
        units=("quantity", "sum"),
        revenue=("amount", "sum"),
        **further,
    )
    return result


def user_metrics(orders: pd.DataFrame) -> pd.DataFrame:
    """Return each buyer's orders, items, revenue and segment."""
    moments = {"first_order_at": ("ordered_at", "min"), "last_order_at": ("ordered_at", "max")}
    metrics = totals(orders.groupby("user_id", sort=False), **moments)
    over = [metrics["revenue"] > limit * 100 for limit, _ in SEGMENTS]
    metrics["segment"] = np.select(over, [name for _, name in SEGMENTS], LOWEST_SEGMENT)
    return metrics.assign(revenue=money(metrics["revenue"])).reset_index()


def category_metrics(orders: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Return orders, items, revenue and its share for each category name."""
    sold = orders.merge(products[["sku_id", "category"]], on="sku_id")
    metrics = totals(sold.groupby(sold["category"].str.strip().str.lower(), sort=False))
    metrics["share"] = (metrics["revenue"] / metrics["revenue"].sum()).round(6)
    return metrics.assign(revenue=money(metrics["revenue"])).reset_index()
