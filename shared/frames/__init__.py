"""The vocabulary of cleaning and of keys, as Narwhals expressions that run on every engine."""
