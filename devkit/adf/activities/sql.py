"""Activities that ask a database: scripts and look-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.datasets import SCHEMAS, TABLE_TYPES, schema_of, table_name
from devkit.adf.errors import ActivityError, AdfError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from devkit.adf.context import Context
    from devkit.adf.factory import Factory, Json

_QUERIES = ("sqlReaderQuery", "query")
_LOOKUP_SOURCES = {"SqlDWSource": "sqlReaderQuery", "AzureMySqlSource": "query"}
_MOST_ROWS = 5000


async def run_script(activity: Json, context: Context) -> Json:
    """Run SQL scripts one after the other; returns their result sets and the records they affected."""
    properties = context.properties(activity)
    schema = SCHEMAS[context.linked_service(activity["linkedServiceName"])["type"]]
    output: Json = {"resultSetCount": 0, "recordsAffected": 0, "resultSets": []}
    for script in properties["scripts"]:
        if script.get("parameters"):
            raise ActivityError("Parameters of scripts are not supported here.", "Unsupported")
        answer = await context.services.warehouse.script(script["text"], schema)
        output["recordsAffected"] += answer["recordsAffected"]
        if script["type"] == "Query":
            output["resultSets"].extend(answer["resultSets"])
    output["resultSetCount"] = len(output["resultSets"])
    return output


async def run_lookup(activity: Json, context: Context) -> Json:
    """Return the first row, or up to 5,000 rows, of a table or query."""
    properties = context.evaluate(activity["typeProperties"])
    context.record.input = properties
    source = properties["source"]
    query = next((source[name] for name in _QUERIES if source.get(name)), None)
    dataset = context.dataset(properties["dataset"])
    if query is None:
        query = f"SELECT * FROM {table_name(dataset)}"
    answer = await context.services.warehouse.script(query, schema_of(dataset))
    rows = answer["resultSets"][0]["rows"] if answer["resultSets"] else []
    if properties.get("firstRowOnly", True):
        return {"firstRow": rows[0]} if rows else {}
    if len(rows) > _MOST_ROWS:
        raise ActivityError(f"A look-up returns at most {_MOST_ROWS} rows.", "LookupTooLarge")
    return {"count": len(rows), "value": rows}


def unsupported_script(activity: Json, factory: Factory) -> Iterable[str]:
    """Name what of a script cannot be run here."""
    yield from unsupported_service(activity.get("linkedServiceName") or {}, factory, SCHEMAS)


def unsupported_lookup(activity: Json, factory: Factory) -> Iterable[str]:
    """Name what of a look-up cannot be run here."""
    properties = activity.get("typeProperties") or {}
    kind = (properties.get("source") or {}).get("type")
    if kind not in _LOOKUP_SOURCES:
        yield f"a look-up with {kind}"
    yield from unsupported_dataset(properties.get("dataset") or {}, factory, TABLE_TYPES)


def unsupported_service(reference: Json, factory: Factory, supported: Collection[str]) -> Iterable[str]:
    """Name the type of a linked service that nothing stands for here."""
    try:
        kind = factory.get("linkedService", reference.get("referenceName", "")).properties.get("type")
    except AdfError as error:
        yield str(error)
        return
    if kind not in supported:
        yield f"a linked service of type {kind}"


def unsupported_dataset(reference: Json, factory: Factory, supported: Collection[str]) -> Iterable[str]:
    """Name the type of a dataset that cannot be used here."""
    try:
        kind = factory.get("dataset", reference.get("referenceName", "")).properties.get("type")
    except AdfError as error:
        yield str(error)
        return
    if kind not in supported:
        yield f"a dataset of type {kind}"
