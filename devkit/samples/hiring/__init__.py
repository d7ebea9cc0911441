"""Sample tables of hires with every kind of fault, and the answer key to them."""

from __future__ import annotations

from devkit.samples.hiring.generate import generate
from devkit.samples.hiring.sample import HiringSample

__all__ = ["HiringSample", "generate"]
