"""The kinds of faults: where each may strike, what it puts there, and by which rule it must be found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from devkit.samples.ecommerce.records import REFERENCES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    #: Makes the faulty value from a source of randomness and the value that stood there.
    Spoil = Callable[[Random, Any], Any]

#: Every table's columns in the order in which they are checked.
COLUMNS: dict[str, tuple[str, ...]] = {
    "user": (
        "id", "username", "real_name", "phone_number", "sex", "job", "company", "email", "password", "birth_of_date",
        "age", "create_time", "delete_time",
    ),
    "address": (
        "id", "user_id", "title", "address_line", "country", "city", "postal_code", "create_time", "delete_time",
    ),
    "category": ("id", "name", "description", "create_time", "delete_time"),
    "subcategory": ("id", "parent_id", "name", "description", "create_time", "delete_time"),
    "product": ("id", "name", "description", "category_id", "create_time", "delete_time"),
    "products_sku": ("id", "product_id", "quantity", "price", "create_time", "delete_time"),
    "wishlist": ("id", "user_id", "products_sku_id", "create_time", "delete_time"),
    "payment": ("id", "amount", "provider", "status", "create_time", "updated_at"),
    "order": ("id", "user_id", "payment_id", "create_time", "updated_at"),
    "order_item": ("id", "order_id", "products_sku_id", "quantity", "create_time", "updated_at"),
}  # fmt: skip

TIMES = ("create_time", "delete_time", "updated_at")
OPTIONAL = frozenset({"delete_time", "updated_at"})
_NOT_TEXT = frozenset({*TIMES, "birth_of_date", "age", "quantity", "price", "amount"})
_LONG_TEXT = frozenset({"job", "company", "address_line", "description", "provider", "city"})
LONGEST_TEXT = 65_536
#: The order in which the rules of one column are asked, after all presence checks and all fault markers.
_RULES = ("scalar", "text", "type", "one_of", "range", "before_as_of")

_MARKED = ("invalid", "INVALID", "Invalid Name 417", "xInVaLiDx", "not-invalidated", "invalid-sku-992", "a b invalid")
_NESTED: tuple[Any, ...] = (["a", "b"], {"value": 1}, [], [[1, [2, [3]]]], {"a": {"b": {"c": {}}}})
_NO_TIME = ("2026-02-30 12:00:00.000000", "soon", "15.01.2026 12:00", "1768478400", "2025-01-15 25:00:00.000000", "-")
_NO_DATE = ("1990-02-30", "31/31/1990", "yesterday", "1990-13-01", "unknown", "19900101")
_NO_PHONE = ("call me", "12", "000-000-0000", "+999 123456", "n/a", "555")
_NO_EMAIL = ("someone.example.com", "a@@example.com", "someone@", "@example.com", "some one@example.com", "me@home")

#: Stands for a key that is left out of its object.
ABSENT = object()


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A fault of one cell: the columns it may strike, the rule that must find it, and the value it puts there.

    ``reported`` names the column of the verdict where it is not the one that was struck; ``rare`` kinds strike once.
    """

    name: str
    rule: str
    columns: tuple[str, ...]
    spoil: Spoil
    reported: str | None = None
    rare: bool = False


def cell_faults(table: str, as_of: datetime) -> list[FaultKind]:
    """Return the kinds of faults that a table's cells can have."""
    columns = COLUMNS[table]
    required = tuple(column for column in columns if column not in OPTIONAL)
    text = tuple(column for column in columns if column not in _NOT_TEXT)
    kinds = [
        FaultKind("missing_null", "required", required, _always(None)),
        FaultKind("missing_empty", "required", required, _one_of("", " ", "\t ")),
        FaultKind("missing_key", "required", required, _always(ABSENT)),
        FaultKind("marker", "fault_marker", columns, _one_of(*_MARKED)),
        FaultKind("nested", "scalar", columns, _one_of(*_NESTED)),
        FaultKind("nul", "text", text, lambda rng, value: rng.choice(("\0", f"{value}\0", f"a\0{value}"))),
        FaultKind("bad_time", "type", tuple(column for column in columns if column in TIMES), _one_of(*_NO_TIME)),
    ]
    if long_text := tuple(column for column in columns if column in _LONG_TEXT):
        kinds.append(FaultKind("over_long", "text", long_text, _stretched, rare=True))
    kinds += [
        FaultKind(f"orphan_{column}", "reference", (column,), _unknown_id)
        for referring, column, _ in REFERENCES
        if referring == table
    ]
    own = _OWN_FAULTS.get(table)
    return kinds + own(as_of) if own else kinds


def rank(table: str, column: str, rule: str) -> tuple[int, int, int]:
    """Return where a rule on a column stands in the order of the checks; smaller is looked at earlier."""
    if rule in {"record", "object"}:
        return (0, 0, 0)
    place = COLUMNS[table].index(column)
    if rule in {"required", "fault_marker"}:
        return (1 if rule == "required" else 2, place, 0)
    return (3, place, _RULES.index(rule))


def _user_faults(as_of: datetime) -> list[FaultKind]:
    today = as_of.date()
    to_come = ((today + timedelta(days=days)).isoformat() for days in (0, 1, 400, 20_000))
    ancient = (date(today.year - 121, today.month, 1), date(today.year - 150, 6, 15), date(1066, 10, 14))
    return [
        FaultKind("bad_sex", "one_of", ("sex",), _one_of("unknown", 123, "Male", "f", "femaale")),
        FaultKind("birth_not_before", "before_as_of", ("birth_of_date",), _one_of(*to_come)),
        FaultKind("bad_birth_date", "type", ("birth_of_date",), _one_of(*_NO_DATE)),
        FaultKind("too_old", "range", ("birth_of_date",), _one_of(*(day.isoformat() for day in ancient)), "age"),
        FaultKind("bad_phone", "normalise", ("phone_number",), _one_of(*_NO_PHONE)),
        FaultKind("bad_email", "normalise", ("email",), _one_of(*_NO_EMAIL)),
        FaultKind("age_differs", "differs", ("age",), lambda rng, age: int(age) + rng.choice((-30, -1, 1, 100))),
    ]


def _sku_faults(_: datetime) -> list[FaultKind]:
    return [
        FaultKind("quantity_out_of_range", "range", ("quantity",), _one_of(-1, -100, 10_001, 99_999_999, "-5")),
        FaultKind("quantity_not_whole", "type", ("quantity",), _one_of(3.5, "7.25", 0.001)),
        FaultKind("quantity_no_number", "type", ("quantity",), _one_of("many", "1O", "12 pcs", "0x10", 10**20)),
        FaultKind("price_out_of_range", "range", ("price",), _one_of(0, 0.0, -50.0, "-0.01", 10_000.01, 999_999.99)),
        FaultKind("price_no_number", "type", ("price",), _one_of("twelve", "12,50", "€ 5", "1.2.3", 10**20)),
    ]


def _payment_faults(_: datetime) -> list[FaultKind]:
    return [
        FaultKind("amount_out_of_range", "range", ("amount",), _one_of(-0.01, -100.0, 1_000_000, 9_999_999.99, "-1")),
        FaultKind("amount_no_number", "type", ("amount",), _one_of("a lot", "1,000", "--", 10**20)),
        FaultKind("unknown_status", "one_of", ("status",), _one_of("lost", "on hold", "succes", 1)),
    ]


def _item_faults(_: datetime) -> list[FaultKind]:
    return [
        FaultKind("quantity_out_of_range", "range", ("quantity",), _one_of(0, -50, 10_001, 999_999_999, "0")),
        FaultKind("quantity_not_whole", "type", ("quantity",), _one_of(1.5, "2.75")),
        FaultKind("quantity_no_number", "type", ("quantity",), _one_of("a dozen", "l2", 10**20)),
    ]


_OWN_FAULTS: dict[str, Callable[[datetime], list[FaultKind]]] = {
    "user": _user_faults,
    "products_sku": _sku_faults,
    "payment": _payment_faults,
    "order_item": _item_faults,
}


def _always(value: Any) -> Spoil:
    return lambda _, __: value


def _one_of(*values: Any) -> Spoil:
    return lambda rng, _: rng.choice(values)


def _unknown_id(rng: Random, value: Any) -> str:
    return f"{str(value)[:9]}{rng.getrandbits(96):024x}"


def _stretched(_: Random, value: Any) -> str:
    return f"{value} ".ljust(LONGEST_TEXT + 1, "x")
