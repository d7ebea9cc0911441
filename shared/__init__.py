"""The product: importable without Azure, packaged as a wheel for Databricks."""

__version__ = "0.1.0"
