"""The product: importable without Azure, packaged as a wheel for Databricks."""
