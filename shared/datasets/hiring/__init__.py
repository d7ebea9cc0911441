"""Hiring: who was hired when, by which department and for which job."""
