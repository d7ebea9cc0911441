"""For developers only, never deployed: the local system, sample data, benchmarks."""
