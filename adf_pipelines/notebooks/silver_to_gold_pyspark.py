# Databricks notebook source
"""Silver to gold: makes the gold tables of one large job out of its silver.

The functions are those of the package ``strata`` that is installed on the cluster. Writes gold as Parquet, and what was
written to ``gold.json``. Personal identifiers become tokens by the key ``token-key`` of the secret scope ``strata``.
"""

# COMMAND ----------

import json

import msgspec
from pyspark.sql.functions import arrow_udf

from shared.domain.report import SilverReport
from shared.services.large.build import build
from shared.services.large.run import LargeRun

# COMMAND ----------

run = LargeRun.of_widgets(dbutils.widgets.get)
silver = spark.read.text(f"{run.manifest_uri}silver.json", wholetext=True).first()[0]
loaded_at = msgspec.json.decode(silver, type=SilverReport).loaded_at
token_key = dbutils.secrets.get("strata", "token-key").encode()
report = build(spark, run, loaded_at, token_key, arrow_udf)

# COMMAND ----------

dbutils.fs.put(f"{run.manifest_uri}gold.json", msgspec.json.encode(report).decode(), True)
dbutils.fs.rm(run.work_uri, True)
dbutils.notebook.exit(json.dumps({"gold": report.rows}))
