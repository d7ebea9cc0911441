"""Sample workbooks of doctors and appointments with every kind of fault, and the answer key to them."""

from __future__ import annotations

from devkit.samples.appointments.generate import generate
from devkit.samples.appointments.sample import AppointmentsSample

__all__ = ["AppointmentsSample", "generate"]
