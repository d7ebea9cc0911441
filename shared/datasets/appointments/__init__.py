"""Appointments: which patient is to see which doctor when, and whether that was confirmed."""
