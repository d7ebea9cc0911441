"""Output bindings, written once a function has succeeded: messages to queues, content to blobs."""

from __future__ import annotations

import asyncio
import re
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from devkit.host.app_settings import connection_string
from devkit.host.storage_blob import write_blob
from devkit.host.storage_queue import encode_body, open_queue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devkit.host.load import LoadedFunction, Output

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class Outputs:
    """Writes output bindings; ``wake`` is told the name of each queue that got a message."""

    def __init__(self, environ: Mapping[str, str], encoding: str, wake: Callable[[str], None]) -> None:
        self._environ = environ
        self._encoding = encoding
        self._wake = wake

    async def write(self, function: LoadedFunction, values: Mapping[str, Any], fields: Mapping[str, str]) -> None:
        """Write what a function returned and set; an output that got None is left out.

        ``fields`` are the values that a blob's path may name. Raises TypeError for a value that the binding
        does not take, LookupError for an unknown field, and what the storage raises.
        """
        for output in function.outputs:
            value = values.get(output.parameter)
            if value is None:
                continue
            connection = connection_string(output.connection, self._environ)
            if output.kind == "queue":
                await self._send(output, value, connection)
            else:
                path = expand_path(output.target, fields)
                await asyncio.to_thread(write_blob, connection, path, _content(value))

    async def _send(self, output: Output, value: Any, connection: str) -> None:
        queue = open_queue(connection, output.target)
        for message in _messages(value):
            await queue.send(encode_body(message, self._encoding))
        self._wake(output.target)


def expand_path(path: str, fields: Mapping[str, str]) -> str:
    """Return a blob's path with ``{rand-guid}``, ``{DateTime}`` and the trigger's own fields filled in.

    Raises LookupError for any other name.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in fields:
            return fields[name]
        if name.lower() == "rand-guid":
            return str(uuid.uuid4())
        if name.lower() == "datetime":
            return datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        raise LookupError(f"the path {path} names {{{name}}}, which the trigger does not have")

    return _PLACEHOLDER.sub(value, path)


def _messages(value: Any) -> list[bytes]:
    if isinstance(value, str | bytes):
        return [_content(value)]
    if isinstance(value, list | tuple):
        return [_content(item) for item in value]
    raise TypeError(f"a queue output takes text, bytes or a list of them, not {type(value).__name__}")


def _content(value: Any) -> bytes:
    if callable(getattr(value, "read", None)):
        value = value.read()
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    raise TypeError(f"an output takes text or bytes, not {type(value).__name__}")
