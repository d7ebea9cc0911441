"""Makes records without a fault: ten objects each, with references among them and now and then to earlier records."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from devkit.samples.ecommerce import vocabulary as words

if TYPE_CHECKING:
    from random import Random

Record = dict[str, Any]

#: Which column refers to which table, in the order in which references are resolved.
REFERENCES: tuple[tuple[str, str, str], ...] = (
    ("address", "user_id", "user"),
    ("subcategory", "parent_id", "category"),
    ("product", "category_id", "subcategory"),
    ("products_sku", "product_id", "product"),
    ("wishlist", "user_id", "user"),
    ("wishlist", "products_sku_id", "products_sku"),
    ("order", "user_id", "user"),
    ("order", "payment_id", "payment"),
    ("order_item", "order_id", "order"),
    ("order_item", "products_sku_id", "products_sku"),
)

#: How often a reference leads to an earlier record instead of its own.
_EARLIER = 0.08
#: How often a number stands at the very edge of what is allowed, and how often it is written as text.
_EDGE = 0.02
_AS_TEXT = 0.05
_SECONDS_OF_HISTORY = 2 * 365 * 86_400
_OLDEST = 95


class RecordMaker:
    """Makes one record after the other from a source of randomness; the same source gives the same records."""

    def __init__(self, rng: Random, as_of: datetime) -> None:
        self._rng = rng
        self._as_of = as_of
        self._start = as_of - timedelta(seconds=_SECONDS_OF_HISTORY)
        self._ids: dict[str, list[str]] = {target: [] for _, _, target in REFERENCES}

    def make(self) -> Record:
        """Return the next record."""
        pick = self._rng.choice
        joined = self._rng.random() * _SECONDS_OF_HISTORY
        created = self._moment(joined)
        ordered = self._moment(joined + self._rng.random() * (_SECONDS_OF_HISTORY - joined))
        user = self._user(created)
        country, city = pick(words.PLACES)
        category, product = pick(words.CATEGORIES), pick(words.PRODUCTS)
        style = pick(words.STYLES)
        record: Record = {
            "user": user,
            "address": {
                "id": f"address_id-{self._uuid()}",
                "user_id": user["id"],
                "title": pick(words.ADDRESS_TITLES),
                "address_line": f"{self._below(998) + 1} {pick(words.STREETS)}, Apt. {self._below(400) + 1}",
                "country": country,
                "city": city,
                "postal_code": f"{self._below(90_000) + 10_000}",
                "create_time": created,
                "delete_time": self._later(),
            },
            "category": {
                "id": f"category_id-{self._uuid()}",
                "name": category,
                "description": f"{category.strip()}. {pick(words.SENTENCES)} {pick(words.SENTENCES)}",
                "create_time": created,
                "delete_time": self._later(),
            },
        }
        record["subcategory"] = {
            "id": f"subcategory_id-{self._uuid()}",
            "parent_id": record["category"]["id"],
            "name": f"{style} {category.strip()}",
            "description": f"{pick(words.SENTENCES)} {pick(words.SENTENCES)}",
            "create_time": created,
            "delete_time": self._later(),
        }
        record["product"] = {
            "id": f"product_id-{self._uuid()}",
            "name": f"{style} {product} {self._below(9_000) + 1_000}",
            "description": f"{pick(words.SENTENCES)} {pick(words.SENTENCES)} {pick(words.SENTENCES)}",
            "category_id": record["subcategory"]["id"],
            "create_time": created,
            "delete_time": self._later(),
        }
        self._add_sales(record, created, ordered)
        self._refer_to_earlier(record)
        return record

    def _add_sales(self, record: Record, created: str, ordered: str) -> None:
        sku = self._sku_id()
        user = record["user"]["id"]
        record["products_sku"] = {
            "id": sku,
            "product_id": record["product"]["id"],
            "price": self._number((self._below(500_000) + 50) / 100, (0.01, 10_000, 10_000.0)),
            "quantity": self._number(self._below(9_999), (0, 10_000)),
            "create_time": created,
            "delete_time": self._later(),
        }
        record["wishlist"] = {
            "id": f"wishlist_id-{self._uuid()}",
            "user_id": user,
            "products_sku_id": sku,
            "create_time": ordered,
            "delete_time": self._later(),
        }
        record["payment"] = {
            "id": f"payment_details_id-{self._uuid()}",
            "amount": self._number(self._below(99_999_000) / 100, (0, 0.0, 999_999.99)),
            "provider": self._rng.choice(words.PROVIDERS),
            "status": self._rng.choice(words.STATUSES),
            "create_time": ordered,
            "updated_at": self._later(),
        }
        record["order"] = {
            "id": f"order_details_id-{self._uuid()}",
            "user_id": user,
            "payment_id": record["payment"]["id"],
            "create_time": ordered,
            "updated_at": self._later(),
        }
        record["order_item"] = {
            "id": f"order_item_id-{self._uuid()}",
            "order_id": record["order"]["id"],
            "products_sku_id": sku,
            "quantity": self._number(1 + int(40 * self._rng.random() ** 4), (1, 10_000)),
            "create_time": ordered,
            "updated_at": self._later(),
        }

    def _user(self, created: str) -> Record:
        rng, pick = self._rng, self._rng.choice
        handle = f"{pick(words.USERNAMES)}{self._below(100_000)}"
        email = f"{handle}@{pick(words.MAIL_DOMAINS)}"
        born = self._birth_date()
        age = years_between(born, self._as_of)
        return {
            "id": f"user_id-{self._uuid()}",
            "username": handle,
            "real_name": f"{pick(words.NAMES)} {pick(words.EPITHETS)}",
            "phone_number": pick(words.PHONE_FORMS).format(
                area=pick(words.AREA_CODES), last=f"{self._below(100):02}", extension=self._below(9_000) + 1_000
            ),
            "sex": pick(("male", "female", "other")),
            "job": pick(words.JOBS),
            "company": pick(words.COMPANIES),
            "email": email.upper() if rng.random() < _AS_TEXT else email,
            "password": f"{rng.getrandbits(40):010x}#Aa",
            "birth_of_date": born.isoformat(),
            "age": str(age) if rng.random() < _AS_TEXT else age,
            "create_time": created,
            "delete_time": self._later(),
        }

    def _birth_date(self) -> date:
        today = self._as_of.date()
        if self._rng.random() < _EDGE:
            oldest = date(today.year - 120, today.month, min(today.day, 28))
            return self._rng.choice((today - timedelta(days=1), oldest))
        return today - timedelta(days=1 + self._below(_OLDEST * 365))

    def _refer_to_earlier(self, record: Record) -> None:
        """Let some references lead to an object of an earlier record, as when someone orders again."""
        for table, column, target in REFERENCES:
            known = self._ids[target]
            if known and self._rng.random() < _EARLIER:
                record[table][column] = known[self._below(len(known))]
        for target, known in self._ids.items():
            known.append(record[target]["id"])

    def _number(self, usual: float, edges: tuple[float, ...]) -> float | str:
        value = self._rng.choice(edges) if self._rng.random() < _EDGE else usual
        return str(value) if self._rng.random() < _AS_TEXT else value

    def _moment(self, seconds: float) -> str:
        return (self._start + timedelta(seconds=seconds)).isoformat(" ", "microseconds")

    def _later(self) -> str | None:
        """Return a time that may be missing: null, empty, or up to a year after the as-of time."""
        chance = self._rng.random()
        if chance < _AS_TEXT:
            return None if chance < _EDGE else ""
        return (self._as_of + timedelta(seconds=chance * 31_536_000)).isoformat(" ", "microseconds")

    def _below(self, limit: int) -> int:
        """Return a whole number from 0 to below ``limit``; several times as fast as ``randrange``."""
        return int(self._rng.random() * limit)

    def _uuid(self) -> str:
        digits = f"{self._rng.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def _sku_id(self) -> str:
        digits = f"{self._rng.getrandbits(56):014x}"
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]}-{digits[9:]}"


def years_between(born: date, as_of: datetime) -> int:
    """Return the whole years from a date to the day of ``as_of``."""
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
