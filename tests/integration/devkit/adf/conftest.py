"""Made-up factories that run against the whole local system."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobServiceClient

from devkit.adf.local.place import place_of
from devkit.adf.local.services import Services
from devkit.adf.runner import Runner
from tests.factories import Folder, Json
from tests.integration.devkit.adf.helpers import add_dataset, expression

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from devkit.adf.runs import PipelineRun
    from devkit.system import LocalSystem

CONTAINER = "copies"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A factory with the datasets that a copy may have, each with its place as parameters."""
    root = tmp_path / "adf"
    root.mkdir()
    made = Folder(root)
    for name, kind in {"Lake": "AzureBlobFS", "Synapse": "AzureSqlDW", "MySql": "AzureMySql"}.items():
        made.add("linkedService", name, type=kind, typeProperties={})
    location = {"type": "AzureBlobFSLocation", "fileSystem": CONTAINER, "folderPath": expression("@dataset().folder")}
    for name, kind, properties in (
        ("Parquet", "Parquet", {"location": location}),
        ("Csv", "DelimitedText", {"location": location, "columnDelimiter": ";", "firstRowAsHeader": True}),
        ("Excel", "Excel", {"location": location, "sheetIndex": 0, "firstRowAsHeader": True}),
    ):
        add_dataset(made, name, kind, "Lake", properties, "folder")
    table = expression("@dataset().table")
    add_dataset(made, "Warehouse", "AzureSqlDWTable", "Synapse", {"schema": "synapse", "table": table}, "table")
    add_dataset(made, "Operational", "AzureMySqlTable", "MySql", {"tableName": table}, "table")
    return made


@pytest.fixture
def run(folder: Folder, system: LocalSystem) -> Callable[..., PipelineRun]:
    """Run activities against the local system."""

    def execute(*activities: Json) -> PipelineRun:
        folder.add("pipeline", "Main", activities=list(activities))

        async def main() -> PipelineRun:
            services = Services(place_of(system.folder, system.address))
            try:
                return await Runner(folder.load(), services).run("Main", {})
            finally:
                await services.close()

        return asyncio.run(main())

    return execute


@pytest.fixture
def store(system: LocalSystem) -> Callable[[str, bytes], Any]:
    """Put a file into the container of the copies."""
    container = BlobServiceClient.from_connection_string(system.connection_string).get_container_client(CONTAINER)
    with contextlib.suppress(ResourceExistsError):
        container.create_container()
    return lambda path, content: container.upload_blob(path, content, overwrite=True)
