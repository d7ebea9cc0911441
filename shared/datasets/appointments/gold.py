"""Appointments gold: the doctors, the appointments, and how many of each status a doctor has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from shared.datasets.gold_table import gold_table

if TYPE_CHECKING:
    from shared.frames.engine import Frame


@gold_table("doctor_id", holds="doctors")
def dim_doctor(doctors: Frame) -> Frame:
    """One row a doctor."""
    return doctors.select(nw.col("id").alias("doctor_id"), "name", "specialty")


@gold_table("booking_id", holds="appointments")
def fact_appointments(appointments: Frame) -> Frame:
    """One row an appointment; the patient's number is a token."""
    return appointments.select(nw.col("id").alias("booking_id"), "patient_id", "doctor_id", "booking_date", "status")


@gold_table("doctor_id", "status")
def agg_doctor_status(dim_doctor: Frame, fact_appointments: Frame) -> Frame:
    """One row a doctor and status that occurs, with how many appointments that are."""
    counted = fact_appointments.group_by("doctor_id", "status").agg(nw.len().alias("appointments"))
    doctors = dim_doctor.select("doctor_id", "name", "specialty")
    appointments = nw.col("appointments").cast(nw.Int64())
    return counted.join(doctors, on="doctor_id", how="inner").select(
        "doctor_id", "name", "specialty", "status", appointments
    )
