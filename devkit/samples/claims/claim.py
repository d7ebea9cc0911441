"""A claim of a sample report, as it is meant and as it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

#: The columns of a report: the class of their cells, the name above them, and the column of the dataset.
COLUMNS = (
    ("seq-number", "Seq Number", "seq_number"),
    ("service-date", "Service Date", "service_date"),
    ("practitioner-number", "Practitioner Number", "practitioner_number"),
    ("phn", "PHN", "phn"),
    ("fee-item", "Fee Item", "fee_item"),
    ("shadow-bill", "Shadow Bill", "shadow_bill"),
    ("out-of-province", "Out Of Province", "out_of_province"),
    ("billed", "Billed", "billed"),
    ("adjust", "Adjust", "adjust"),
    ("paid", "Paid", "paid"),
)
RECORD_TYPES = ("Paid", "Refused", "In Hold")

_FIRST_DAY = date(2031, 1, 2)
_DAYS = 120
_PRACTITIONERS = ("Z4898", *(f"0{number}" for number in range(5_000, 5_010)), *map(str, range(90_000, 90_030)))
_NOTES = (
    "Sample note: paid at a reduced rate beside another item of the day.",
    "Sample note: the number of units was set to the most allowed; see bulletin 12-B.",
    "Sample note: two parts. The second part.",
    "Sample note: 50% of the listed fee.",
)
_REASONS = (
    "Refused: the fee item does not go with the diagnosis.",
    "Refused: no referral on record & none was sent.",
    "Refused: the same claim was paid before.",
)
_HELD = "Held: waits for a manual review. Please do not send it again."


@dataclass(slots=True)
class SampleClaim:
    """A claim with its amounts in cents, and how it is printed.

    ``cells`` are its texts by column. ``messages`` are those that follow it, None where the row for them is missing,
    and ``message_count`` is how many it says it has. ``meant`` is how the page's script has it.
    """

    record_type: str
    billed: int
    adjust: int
    cells: dict[str, str]
    messages: list[str] | None
    message_count: int
    meant: dict[str, object]


def money(cents: int) -> str:
    """Return an amount as reports print it: ``$1,234.56``, ``$-12.34``."""
    return f"${cents / 100:,.2f}"


def sample_claim(rng: Random, record_type: str, number: int) -> SampleClaim:
    """Return a claim without faults; ``number`` makes its sequence number one of its own."""
    billed = rng.randrange(2_000, 45_000) if rng.random() < 0.97 else rng.randrange(100_000, 250_000)
    adjust = (
        rng.choice((0, 0, rng.randrange(50, 1_500), -rng.randrange(50, 1_500))) if record_type == "Paid" else -billed
    )
    notes = _notes(rng, record_type)
    premium = [f"[{adjust / 100:.2f}] Sample Area Premium"] if record_type == "Paid" and adjust else []
    is_elsewhere = rng.random() < 0.02
    province, number_of_patient = "Prov QX" if is_elsewhere else "BC", str(rng.randrange(10**9, 10**10))
    cells = {
        "seq_number": str(100_000 + number),
        "service_date": str(_FIRST_DAY + timedelta(days=rng.randrange(_DAYS))),
        "practitioner_number": rng.choice(_PRACTITIONERS),
        "fee_item": str(rng.randrange(300, 360)),
        "shadow_bill": "N",
        "out_of_province": "Y" if is_elsewhere else "N",
    }
    meant = {
        **cells,
        "phn_type": province,
        "phn_value": number_of_patient,
        "billed_amount": billed / 100,
        "paid_amount": (billed + adjust) / 100,
        "explanations": "\n".join(notes),
        "adjustments": "".join(premium),
    }
    cells |= {"phn": f"\n    {province} - \n    {number_of_patient}", "billed": money(billed)}
    cells |= {"adjust": money(adjust), "paid": money(billed + adjust)}
    messages = [*notes, *premium]
    return SampleClaim(record_type, billed, adjust, cells, messages, len(messages), meant)


def _notes(rng: Random, record_type: str) -> list[str]:
    if record_type == "Paid":
        return rng.sample(_NOTES, rng.choice((0, 0, 1, 2)))
    return rng.sample(_REASONS, rng.choice((1, 1, 2))) if record_type == "Refused" else [_HELD]
