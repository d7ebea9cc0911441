"""The plain notions of Strata: jobs, ledgers, verdicts, routing. No I/O."""
