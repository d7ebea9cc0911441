"""Generates hires, puts faults into them, and works out from the faults what must become of every row."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from devkit.samples.answer_key import InjectedFault, Rejection
from devkit.samples.ecommerce.vocabulary import NAMES
from devkit.samples.hiring.sample import COLUMNS, HiringSample, Row
from devkit.samples.spoil import REPEATED, CellFault, spoil

DEPARTMENTS = (
    "Accounting", "Customer Care", "Engineering", "Human Resources", "Legal", "Logistics", "Marketing",
    "Research, Development", "Sales", "Einkauf Süd",
)  # fmt: skip
JOBS = (
    "Accountant", "Actuary", "Analyst", "Architect", "Buyer", "Chemist", "Clerk", "Controller", "Developer I",
    "Developer II", "Editor", "Engineer", "Lawyer", "Nurse", "Planner", "Recruiter", 'Trainer "on site"', "VP Sales",
)  # fmt: skip
FIRST_HIRE = datetime(2020, 7, 1)
_DAYS = 600

_HIRES = "hired_employees"
_NUMBERS = ("id", "department_id", "job_id")
_NO_TIME = (
    "2021-07-27T02 48 42Z", "2021-07-27T02:48:42", "2021-07-27 02:48:42Z", "2021-02-30T10:00:00Z",
    "2021-07-27T10:00:00+02:00", "2021-07-27", "27.07.2021 10:00", "soon",
)  # fmt: skip
_NO_NUMBER = ("eight", "8.5", "8,0", "1e3", "-", "#N/A")
_NOBODY = "987654"


_KINDS = (
    CellFault("missing", COLUMNS[_HIRES], "required", lambda rng, _: rng.choice(("", " ", "\t"))),
    CellFault("no_time", ("datetime",), "type", lambda rng, _: rng.choice(_NO_TIME)),
    CellFault("no_number", _NUMBERS, "type", lambda rng, _: rng.choice(_NO_NUMBER)),
    CellFault("float", _NUMBERS, "integer_text", lambda rng, value: value + rng.choice((".0", ".", ".000"))),
    CellFault("nobody", ("department_id", "job_id"), "reference", lambda *_: _NOBODY),
)


def generate(hires: int = 500, seed: int = 1, fault_rate: float = 0.05) -> HiringSample:
    """Make ``hires`` with their departments and jobs, the same for the same arguments.

    ``fault_rate`` is the share of the hires into which a fault is put. Where it is not 0, the last department lacks its
    name, so that whoever was hired by it is rejected too, and the first job stands there twice.
    """
    rng = Random(seed)  # noqa: S311 - samples must be repeatable, not secret
    rows = {
        "departments": [{"id": str(no), "department": name} for no, name in enumerate(DEPARTMENTS, 1)],
        "jobs": [{"id": str(no), "job": name} for no, name in enumerate(JOBS, 1)],
        _HIRES: [_hire(rng, number) for number in range(1, hires + 1)],
    }
    faults = _spoil(rng, rows, fault_rate) if fault_rate else []
    return _answer(rows, faults)


def _hire(rng: Random, number: int) -> Row:
    moment = FIRST_HIRE + timedelta(seconds=rng.randrange(_DAYS * 86_400))
    return {
        "id": str(number),
        "name": rng.choice(NAMES),
        "datetime": f"{moment.isoformat()}Z",
        "department_id": str(rng.randint(1, len(DEPARTMENTS))),
        "job_id": str(rng.randint(1, len(JOBS))),
    }


def _spoil(rng: Random, rows: dict[str, list[Row]], fault_rate: float) -> list[InjectedFault]:
    """Put the faults in, each kind in its turn, and return them."""
    rows["departments"][-1]["department"] = ""
    rows["jobs"].append({"id": "1", "job": "Bookkeeper"})
    faults = [
        InjectedFault(len(DEPARTMENTS), "departments", "department", "missing", "required"),
        InjectedFault(len(JOBS) + 1, "jobs", "id", REPEATED, "duplicate"),
    ]
    return faults + spoil(rng, _HIRES, "id", rows[_HIRES], _KINDS, fault_rate)


def _answer(rows: dict[str, list[Row]], faults: list[InjectedFault]) -> HiringSample:
    """Work out what must become of every row, table by table."""
    sample = HiringSample(faults=faults, rows=rows)
    for table in COLUMNS:
        sample.read[table] = len(rows[table])
        sample.rejections[table] = {
            no: Rejection(column, rule)
            for no, where, column, _, rule in faults
            if where == table and rule in {"required", "type"}
        }
        sample.duplicates[table] = _repeats(rows[table], sample.rejections[table])
        sample.findings[table] = {}
    _reject_orphans(sample)
    tidied = {no: (column, rule) for no, _, column, _, rule in faults if rule == "integer_text"}
    sample.findings[_HIRES].update({no: frozenset({found}) for no, found in tidied.items()})
    return sample


def _repeats(rows: list[Row], rejected: dict[int, Rejection]) -> dict[int, int]:
    """Return the rows whose number an earlier one has that passes by itself, with that one."""
    kept: dict[str, int] = {}
    passing = {no: row["id"].partition(".")[0] for no, row in enumerate(rows, 1) if no not in rejected}
    return {no: kept[key] for no, key in passing.items() if kept.setdefault(key, no) != no}


def _reject_orphans(sample: HiringSample) -> None:
    for column, target in (("department_id", "departments"), ("job_id", "jobs")):
        lost = {*sample.rejections[target], *sample.duplicates[target]}
        known = {row["id"] for no, row in enumerate(sample.rows[target], 1) if no not in lost}
        for no, row in enumerate(sample.rows[_HIRES], 1):
            judged = no in sample.rejections[_HIRES] or no in sample.duplicates[_HIRES]
            if not judged and row[column].partition(".")[0] not in known:
                sample.rejections[_HIRES][no] = Rejection(column, "reference")
