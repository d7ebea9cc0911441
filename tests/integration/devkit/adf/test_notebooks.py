"""Notebooks on Spark: their files, their parameters, what they return, and their end."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from devkit.adf.errors import ActivityError
from devkit.adf.local.notebooks import Notebooks
from devkit.adf.local.place import Place
from devkit.adf.local.spark_submit import SparkSubmit, find_spark
from devkit.adf.local.storage import Storage
from devkit.java import suitable_java
from tests.integration.devkit.adf.helpers import notebook_processes

if TYPE_CHECKING:
    from pathlib import Path

    from devkit.azurite.server import Azurite

CONTAINER = "notebooks"
COUNT = """# Databricks notebook source
import json

# COMMAND ----------

lines = spark.read.text(dbutils.widgets.get("inputUri"))
lines.write.mode("overwrite").parquet(dbutils.widgets.get("outputUri") + "lines")

# COMMAND ----------

dbutils.fs.put(dbutils.widgets.get("outputUri") + "done.txt", dbutils.secrets.get("strata", "token-key"), True)
dbutils.fs.rm(dbutils.widgets.get("outputUri") + "stale", True)
dbutils.fs.put(dbutils.widgets.get("newUri") + "first.txt", "1", True)
dbutils.notebook.exit(json.dumps({"lines": lines.count(), "zone": spark.conf.get("spark.sql.session.timeZone")}))
"""
TELL = """from shared.domain.ledger import totals

conf = spark.sparkContext.getConf()
lines = spark.read.text(dbutils.widgets.get("inputUri")).count()
told = [conf.get(f"spark.{name}") for name in ("master", "a", "sql.ansi.enabled")]
dbutils.notebook.exit(" ".join([str(lines), *told]))
"""
BROKEN = "def :\n"
SLEEP = "import time\ntime.sleep(600)\n"

pytestmark = pytest.mark.skipif(not suitable_java(), reason="Spark needs Java 17 or newer")


@pytest.fixture
def storage(azurite: Azurite) -> Storage:
    stored = Storage(azurite.connection_string)
    container = stored._service.get_container_client(CONTAINER)
    if not container.exists():
        container.create_container()
    return stored


@pytest.fixture
def place(azurite: Azurite, tmp_path: Path) -> Place:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name, source in {"count": COUNT, "broken": BROKEN, "sleep": SLEEP, "tell": TELL}.items():
        (folder / f"{name}.py").write_text(source, "utf-8")
    environ = {"STRATA_TOKEN_KEY": "the key", "STRATA_SPARK_MEMORY": "512m", "STRATA_SPARK_MASTER": "local[1]"}
    return Place("http://127.0.0.1:1", "", "", azurite.connection_string, folder, tmp_path / "runs", environ)


@pytest.fixture
def notebooks(place: Place, storage: Storage) -> Notebooks:
    return Notebooks(place, storage)


def address(path: str) -> str:
    return f"abfss://{CONTAINER}@account.dfs.core.windows.net/{path}"


def put(storage: Storage, path: str, content: bytes) -> None:
    storage._service.get_blob_client(CONTAINER, path).upload_blob(content, overwrite=True)


def test_a_notebook_reads_and_writes_the_storage_and_returns_a_value(
    notebooks: Notebooks, storage: Storage, tmp_path: Path
) -> None:
    put(storage, "in/a.txt", b"one\ntwo\n")
    put(storage, "in/b.txt", b"three\n")
    put(storage, "out/stale/old.txt", b"gone")
    new = f"new{uuid.uuid4().hex}"
    elsewhere = f"abfss://{new}@account.dfs.core.windows.net/run/"
    widgets = {"inputUri": address("in/"), "outputUri": address("out/"), "newUri": elsewhere, "plain": "abfss"}

    async def work() -> Any:
        returned = await notebooks.run("/Shared/Notebooks/count", widgets, "r1")
        return returned, {each.path: each for each in await storage.files(CONTAINER, "")}

    returned, files = asyncio.run(work())

    assert json.loads(returned.value) == {"lines": 3, "zone": "UTC"}
    assert asyncio.run(storage.read(CONTAINER, "out/done.txt")) == b"the key"
    assert asyncio.run(storage.read(new, "run/first.txt")) == b"1"
    written = [path for path in files if path.startswith("out/lines/part-")]
    assert written
    assert not [path for path in files if path.endswith(".crc")]
    assert not (tmp_path / "runs" / "notebooks" / "r1" / "files").exists()


def test_a_notebook_that_is_submitted_has_the_product_its_files_and_the_settings_that_are_given(
    place: Place, storage: Storage, tmp_path: Path
) -> None:
    put(storage, "told/a.txt", b"one\ntwo\n")
    shared = tmp_path / "shared"
    shared.mkdir()
    spark = SparkSubmit(find_spark({}), "local[1]", {"spark.a": "1", "spark.driver.memory": "512m"}, shared)

    returned = asyncio.run(Notebooks(place, storage, spark).run("tell", {"inputUri": address("told/")}, "r5"))

    assert returned.value == "2 local[1] 1 true"
    assert list(shared.iterdir()) == []


def test_a_notebook_that_fails_names_its_log(notebooks: Notebooks, tmp_path: Path) -> None:
    log = tmp_path / "runs" / "notebooks" / "r2" / "notebook.log"

    with pytest.raises(ActivityError) as caught:
        asyncio.run(notebooks.run("broken", {}, "r2"))

    assert str(caught.value) == f"broken.py failed. SyntaxError. All it printed is in {log}."
    assert "def :" in log.read_text("utf-8")


def test_a_notebook_that_is_cancelled_leaves_no_process(notebooks: Notebooks) -> None:
    async def work() -> list[psutil.Process]:
        run = asyncio.create_task(notebooks.run("sleep", {}, "r3"))
        while len(family := notebook_processes(psutil.Process())) < 2:
            await asyncio.sleep(0.05)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        return family

    _, alive = psutil.wait_procs(asyncio.run(work()), timeout=10)
    assert alive == []


def test_a_notebook_that_does_not_exist_is_named(notebooks: Notebooks) -> None:
    with pytest.raises(ActivityError, match=r"There is no notebook /Shared/none: .*none\.py does not exist"):
        asyncio.run(notebooks.run("/Shared/none", {}, "r4"))
