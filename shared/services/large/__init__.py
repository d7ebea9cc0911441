"""The large path: a job's files are cut into shards, Spark makes silver and gold of them, the app takes the results."""
