"""Sample e-commerce records with every kind of fault, and the answer key to them."""

from __future__ import annotations

from devkit.samples.ecommerce.generate import generate
from devkit.samples.ecommerce.sample import Sample

__all__ = ["Sample", "generate"]
