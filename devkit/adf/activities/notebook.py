"""The activity that runs a notebook of Databricks, on Spark on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from devkit.adf.activities.sql import unsupported_service
from devkit.adf.expressions.values import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from devkit.adf.context import Context
    from devkit.adf.factory import Factory, Json


async def run_notebook(activity: Json, context: Context) -> Json:
    """Run a notebook; what it returns by ``dbutils.notebook.exit`` is ``runOutput``, an object if it is JSON."""
    properties = context.properties(activity)
    widgets = {name: to_text(value) for name, value in (properties.get("baseParameters") or {}).items()}
    started = context.runner.now()
    returned = await context.services.notebooks.run(properties["notebookPath"], widgets, context.record.id)
    took = round((context.runner.now() - started).total_seconds())
    output: Json = {"runPageUrl": returned.log.as_uri(), "executionDuration": took}
    if returned.value is not None:
        output["runOutput"] = _parsed(returned.value)
    return output


def unsupported_notebook(activity: Json, factory: Factory) -> Iterable[str]:
    """Name what of a notebook activity cannot be done here."""
    yield from unsupported_service(activity.get("linkedServiceName") or {}, factory, frozenset({"AzureDatabricks"}))


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
