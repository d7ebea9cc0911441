"""The activity that copies files into tables."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from devkit.adf.activities.sql import unsupported_dataset
from devkit.adf.datasets import FILE_TYPES, TABLE_TYPES, FileLocation, file_location, schema_of, table_name
from devkit.adf.errors import ActivityError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from devkit.adf.context import Context
    from devkit.adf.factory import Factory, Json
    from devkit.adf.local.storage import StoredFile

SOURCES = frozenset({"ParquetSource", "DelimitedTextSource", "ExcelSource"})
SINKS = frozenset({"SqlDWSink", "AzureMySqlSink"})
#: What says how fast to copy, which makes no difference here.
_WITHOUT_EFFECT = frozenset(
    {
        "source",
        "sink",
        "translator",
        "enableStaging",
        "stagingSettings",
        "parallelCopies",
        "dataIntegrationUnits",
        "validateDataConsistency",
    }
)


async def run_copy(activity: Json, context: Context) -> Json:
    """Copy the rows of all files of a dataset into a table; returns how many."""
    properties = context.properties(activity)
    source, sink = properties["source"], properties["sink"]
    source_set = context.dataset(activity["inputs"][0])
    sink_set = context.dataset(activity["outputs"][0])
    started = time.monotonic()
    files = await _files(file_location(source_set, source.get("storeSettings")), context)
    if script := sink.get("preCopyScript"):
        await context.services.warehouse.script(script, schema_of(sink_set))
    rows = 0
    for file in files:
        content = await context.services.storage.read(file.container, file.path)
        parquet = await asyncio.to_thread(_as_parquet, content, file.path, source_set, properties)
        rows += await context.services.warehouse.copy(
            table_name(sink_set), parquet, create=sink.get("tableOption") == "autoCreate", keys=_keys(sink)
        )
    return {
        "filesRead": len(files),
        "dataRead": sum(file.size for file in files),
        "rowsRead": rows,
        "rowsCopied": rows,
        "copyDuration": round(time.monotonic() - started, 3),
        "errors": [],
    }


def unsupported_copy(activity: Json, factory: Factory) -> Iterable[str]:
    """Name what of a copy cannot be done here."""
    properties = activity.get("typeProperties") or {}
    source, sink = properties.get("source") or {}, properties.get("sink") or {}
    if source.get("type") not in SOURCES:
        yield f"a copy from {source.get('type')}"
    if sink.get("type") not in SINKS:
        yield f"a copy to {sink.get('type')}"
    for name in properties:
        if name not in _WITHOUT_EFFECT:
            yield f"'{name}' of a copy"
    if properties.get("enableStaging"):
        yield "a copy with 'enableStaging'"
    if sink.get("writeBehavior", "Insert") not in {"Insert", "Upsert"}:
        yield f"a copy with the write behaviour {sink['writeBehavior']}"
    for references, types in ((activity.get("inputs"), FILE_TYPES), (activity.get("outputs"), TABLE_TYPES)):
        for reference in references or []:
            yield from unsupported_dataset(reference, factory, types)


async def _files(location: FileLocation, context: Context) -> list[StoredFile]:
    found = await context.services.storage.files(location.container, location.prefix)
    files = [file for file in found if location.holds(file.path)]
    if not files:
        place = "/".join(filter(None, (location.container, location.folder, location.name)))
        raise ActivityError(f"There is no file at {place}.", "PathNotFound")
    return files


def _keys(sink: Json) -> list[str]:
    if sink.get("writeBehavior") != "Upsert":
        return []
    keys = (sink.get("upsertSettings") or {}).get("keys")
    if not keys:
        raise ActivityError("An upsert needs 'upsertSettings.keys'.", "InvalidSink")
    return list(keys)


def _as_parquet(content: bytes, path: str, dataset: Json, properties: Json) -> bytes:
    from devkit.adf.local.tables import read_table, rearranged, to_parquet  # noqa: PLC0415

    source = properties["source"]
    changes: tuple[Any, ...] = (properties.get("translator"), source.get("additionalColumns"))
    if dataset["type"] == "Parquet" and not any(changes):
        return content
    return to_parquet(rearranged(read_table(content, dataset), path, *changes))
