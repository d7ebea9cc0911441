"""Parts of made-up factories, and of files for them."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil
import pyarrow as pa
import pyarrow.parquet

if TYPE_CHECKING:
    from tests.factories import Folder, Json


def add_dataset(folder: Folder, name: str, kind: str, service: str, properties: Json, parameter: str) -> None:
    reference = {"referenceName": service, "type": "LinkedServiceReference"}
    parameters = {parameter: {"type": "string"}}
    folder.add(
        "dataset", name, type=kind, linkedServiceName=reference, typeProperties=properties, parameters=parameters
    )


def expression(text: str) -> Json:
    return {"type": "Expression", "value": text}


def parquet(**columns: list[Any]) -> bytes:
    output = io.BytesIO()
    pyarrow.parquet.write_table(pa.table(columns), output)
    return output.getvalue()


def notebook_processes(runner: psutil.Process) -> list[psutil.Process]:
    """The processes of notebooks below a runner's, with all that they have started."""
    found: list[psutil.Process] = []
    for each in runner.children():
        with suppress(psutil.Error):
            if "notebook_process" in " ".join(each.cmdline()):
                found += [each, *each.children(recursive=True)]
    return found
