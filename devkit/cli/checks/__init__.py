"""What ``strata doctor`` looks at."""
