"""Reads a dataset's ``queries.sql``: views and named queries, each introduced by comment lines.

-- view: name
SELECT …;

-- query: name
-- title: what it answers
-- parameter: limit integer = 10: how many rows
SELECT … WHERE x = :limit;

An ``identifier`` is a personal value, which stands in gold as a token; the query is given the token of what is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

ParameterType = Literal["integer", "text", "date", "identifier"]

_START = re.compile(r"^-- (view|query): *([a-z][a-z0-9_]*) *$", re.MULTILINE)
_TITLE = re.compile(r"^-- title: *(.+)$", re.MULTILINE)
_PARAMETER = re.compile(
    r"^-- parameter: *([a-z_]+) (integer|text|date|identifier)(?: (\d+)\.\.(\d+))? = ([^:]*): *(.+)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A parameter of a query: its type, the text taken when it is not given, what it means, and its bounds."""

    name: str
    type: ParameterType
    default: str
    description: str
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A business query; ``sql`` holds its parameters as ``:name``."""

    name: str
    dataset: str
    title: str
    sql: str
    parameters: tuple[QueryParameter, ...]


def parse_sql(text: str, dataset: str) -> tuple[dict[str, str], tuple[NamedQuery, ...]]:
    """Return the views by name and the queries of a ``queries.sql``."""
    views: dict[str, str] = {}
    queries: list[NamedQuery] = []
    starts = list(_START.finditer(text))
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        block = text[start.end() : following.start() if following else len(text)]
        kind, name = start.groups()
        sql = "\n".join(line for line in block.splitlines() if not line.startswith("--")).strip().rstrip(";")
        if kind == "view":
            views[name] = sql
            continue
        title = _TITLE.search(block)
        parameters = tuple(map(_parameter, _PARAMETER.finditer(block)))
        queries.append(NamedQuery(name, dataset, title.group(1) if title else name, sql, parameters))
    return views, tuple(queries)


def _parameter(line: re.Match[str]) -> QueryParameter:
    name, kind, minimum, maximum, default, meaning = line.groups()
    return QueryParameter(
        name,
        cast("ParameterType", kind),
        default.strip(),
        meaning,
        minimum=int(minimum) if minimum else None,
        maximum=int(maximum) if maximum else None,
    )
