"""The rules of the ecommerce dataset as plain data, as the hand-written peers need them.

Stated apart from the product's contract on purpose: a peer that read the contract would share its mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal

TIMESTAMPS = frozenset({"create_time", "delete_time", "updated_at"})

SEXES = ("male", "female", "other")
STATUSES = ("success", "pending", "failed", "refunded")
LONGEST_TEXT = 65_536


@dataclass(frozen=True, slots=True)
class Limit:
    """What a number must be: whole or not, its bounds, and which of them are inside."""

    whole: bool
    low: int
    high: int
    inside: Literal["both", "left", "right"]


#: The numbers that each table limits.
LIMITS: dict[str, dict[str, Limit]] = {
    "products_sku": {"quantity": Limit(True, 0, 10_000, "both"), "price": Limit(False, 0, 10_000, "right")},
    "payment": {"amount": Limit(False, 0, 1_000_000, "left")},
    "order_item": {"quantity": Limit(True, 1, 10_000, "both")},
}

AGE_GROUPS = ((17, "0–17"), (24, "18–24"), (34, "25–34"), (44, "35–44"), (54, "45–54"), (64, "55–64"), (999, "65+"))
SEGMENTS = ((10_000, "VIP"), (5_000, "Premium"), (1_000, "Regular"))
LOWEST_SEGMENT = "New"

#: Personal text is replaced by a token in gold.
PERSONAL = {"user": ("username", "real_name", "email", "phone_number"), "address": ("address_line",)}
TOKEN_KEY = b"a key for the benchmark alone"

#: What every gold row says of its origin.
JOB_ID, USER_ID, LOADED_AT = "job", "bench", datetime(2026, 1, 15, 12)


def e164(text: str) -> str | None:
    """Return a phone number in E.164, read as one of the United States, or None when it is not valid."""
    import phonenumbers  # noqa: PLC0415 - the peers are imported where no library is wanted yet

    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def token(text: str) -> str:
    """Return the token that stands for a personal text in gold."""
    return blake2b(text.encode(), key=TOKEN_KEY, digest_size=16).hexdigest()
