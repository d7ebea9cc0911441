"""One folder a dataset: its contract, gold functions and queries."""
