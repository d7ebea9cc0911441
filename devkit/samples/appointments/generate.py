"""Generates appointments, puts faults into them, and works out from the faults what must become of every row."""

from __future__ import annotations

from collections import deque
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from devkit.samples.answer_key import InjectedFault, Rejection
from devkit.samples.appointments.sample import COLUMNS, AppointmentsSample, Row

if TYPE_CHECKING:
    from collections.abc import Callable

DOCTORS = (
    ("Dr. Núñez", "Heart"), ("Dr. Ødegård", "Skin"), ("Dr. O'Neill", "Heart"), ("Dr. 佐藤", "Skin"),
    ("Dr. Müller-Weiß", "Sleep"), ("Dr. Abara", "Heart"),
)  # fmt: skip
FIRST_DOCTOR, FIRST_DAY, DAYS, PATIENTS = 100, date(2025, 10, 1), 31, 60

_APPOINTMENTS = "appointments"
_NUMBERS = ("booking_id", "patient_id", "doctor_id")
_DAY_FORMATS = ("%m/%d/%Y", "%Y-%m-%d", "%Y/%m/%d")
_STATUSES = ("confirmed", "confirmed", "confirmed", "Confirmed", "confirmed ", "confirmed.", "cancelled", "canceled")
_NO_DAY = ("02/30/2025", "31/10/2025", "2025-13-01", "soon", "0000-01-01")
_NO_NUMBER = ("eight", "8.5", "8,0", "1e3", "#N/A")
_NOBODY = "987654"


class _Kind(NamedTuple):
    """A fault of one cell: where it may strike, the rule that must find it, and what it puts there."""

    name: str
    columns: tuple[str, ...]
    rule: str
    spoil: Callable[[Random, str], str]


_KINDS = (
    _Kind("missing", (*_NUMBERS, "booking_date"), "required", lambda rng, _: rng.choice(("", " "))),
    _Kind("no_day", ("booking_date",), "type", lambda rng, _: rng.choice(_NO_DAY)),
    _Kind("no_number", _NUMBERS, "type", lambda rng, _: rng.choice(_NO_NUMBER)),
    _Kind("untidy", _NUMBERS, "integer_text", lambda rng, value: value + rng.choice(("X", ".0", " #"))),
    _Kind("dragged", ("booking_date",), "plausible_years", lambda rng, _: f"10/24/{rng.randint(2026, 9999)}"),
    _Kind("nobody", ("doctor_id",), "reference", lambda *_: _NOBODY),
)
_REPEATED = "repeated"
_REJECTING = frozenset({"required", "type", "reference"})


def generate(appointments: int = 500, seed: int = 1, fault_rate: float = 0.05) -> AppointmentsSample:
    """Make ``appointments`` with their doctors, the same for the same arguments.

    ``fault_rate`` is the share of the appointments into which a fault is put.
    """
    rng = Random(seed)  # noqa: S311 - samples must be repeatable, not secret
    doctors = enumerate(DOCTORS, FIRST_DOCTOR)
    rows = {
        "doctors": [{"doctor_id": str(no), "name": name, "specialty": field} for no, (name, field) in doctors],
        _APPOINTMENTS: [_appointment(rng, number) for number in range(1, appointments + 1)],
    }
    return _answer(rows, _spoil(rng, rows[_APPOINTMENTS], fault_rate))


def _appointment(rng: Random, number: int) -> Row:
    day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    return {
        "booking_id": str(number),
        "patient_id": str(rng.randint(1, PATIENTS)),
        "doctor_id": str(FIRST_DOCTOR + rng.randrange(len(DOCTORS))),
        "booking_date": day.strftime(rng.choice(_DAY_FORMATS)),
        "status": rng.choice(_STATUSES),
    }


def _spoil(rng: Random, rows: list[Row], fault_rate: float) -> list[InjectedFault]:
    """Put the faults in, each kind in its turn, and return them."""
    faults: list[InjectedFault] = []
    deck: deque[_Kind | None] = deque()
    untouched: list[str] = []
    for number, row in enumerate(rows, 1):
        if rng.random() >= fault_rate:
            untouched.append(row["booking_id"])
            continue
        deck = deck or deque(rng.sample((*_KINDS, None), len(_KINDS) + 1))
        kind = deck.popleft()
        if kind is not None:
            column = rng.choice(kind.columns)
            row[column] = kind.spoil(rng, row[column])
            faults.append(InjectedFault(number, _APPOINTMENTS, column, kind.name, kind.rule))
        elif untouched:
            row["booking_id"] = rng.choice(untouched)
            faults.append(InjectedFault(number, _APPOINTMENTS, "booking_id", _REPEATED, "duplicate"))
    return faults


def _answer(rows: dict[str, list[Row]], faults: list[InjectedFault]) -> AppointmentsSample:
    """Work out what must become of every row; the columns are named as the contract names them."""
    sample = AppointmentsSample(faults=faults, rows=rows)
    for table in COLUMNS:
        sample.read[table] = len(rows[table])
        sample.rejections[table] = {}
        sample.duplicates[table] = {}
        sample.findings[table] = {}
    for number, table, column, _, rule in faults:
        known = "id" if column == "booking_id" else column
        if rule == "duplicate":
            sample.duplicates[table][number] = int(rows[table][number - 1]["booking_id"])
        elif rule in _REJECTING:
            sample.rejections[table][number] = Rejection(known, rule)
        elif rule is not None:
            sample.findings[table][number] = frozenset({(known, rule)})
    return sample
