"""Measures Strata beside hand-written programs that apply the same rules to the same file."""
