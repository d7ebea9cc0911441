# Databricks notebook source
"""Bronze to silver: judges the rows of one large job by its dataset's contract.

The rules are those of the package ``strata`` that is installed on the cluster. Writes silver and quarantine as Parquet,
and what came of the rows to ``silver.json``.
"""

# COMMAND ----------

import json
from dataclasses import asdict

import msgspec
from pyspark.sql.functions import arrow_udf

from shared.domain.ledger import totals
from shared.services.large.refine import refine
from shared.services.large.run import LargeRun

# COMMAND ----------

run = LargeRun.of_widgets(dbutils.widgets.get)
report = refine(spark, run, arrow_udf)

# COMMAND ----------

dbutils.fs.put(f"{run.manifest_uri}silver.json", msgspec.json.encode(report).decode(), True)
dbutils.fs.rm(run.work_uri, True)
dbutils.notebook.exit(json.dumps(asdict(totals(report.ledger))))
