"""Generates appointments, puts faults into them, and works out from the faults what must become of every row."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from devkit.samples.answer_key import InjectedFault, Rejection
from devkit.samples.appointments.sample import COLUMNS, AppointmentsSample, Row
from devkit.samples.spoil import CellFault, spoil

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


_KINDS = (
    CellFault("missing", (*_NUMBERS, "booking_date"), "required", lambda rng, _: rng.choice(("", " "))),
    CellFault("no_day", ("booking_date",), "type", lambda rng, _: rng.choice(_NO_DAY)),
    CellFault("no_number", _NUMBERS, "type", lambda rng, _: rng.choice(_NO_NUMBER)),
    CellFault("untidy", _NUMBERS, "integer_text", lambda rng, value: value + rng.choice(("X", ".0", " #"))),
    CellFault("dragged", ("booking_date",), "plausible_years", lambda rng, _: f"10/24/{rng.randint(2026, 9999)}"),
    CellFault("nobody", ("doctor_id",), "reference", lambda *_: _NOBODY),
)
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
    faults = spoil(rng, _APPOINTMENTS, "booking_id", rows[_APPOINTMENTS], _KINDS, fault_rate)
    return _answer(rows, faults)


def _appointment(rng: Random, number: int) -> Row:
    day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    return {
        "booking_id": str(number),
        "patient_id": str(rng.randint(1, PATIENTS)),
        "doctor_id": str(FIRST_DOCTOR + rng.randrange(len(DOCTORS))),
        "booking_date": day.strftime(rng.choice(_DAY_FORMATS)),
        "status": rng.choice(_STATUSES),
    }


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
