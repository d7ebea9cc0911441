"""Sample remittance reports with every kind of fault, and the answer key to them."""

from __future__ import annotations

from devkit.samples.claims.generate import generate
from devkit.samples.claims.sample import ClaimsSample

__all__ = ["ClaimsSample", "generate"]
