"""Makes sample files for the demo, the tests and the benchmark, together with the answers that they should lead to."""
