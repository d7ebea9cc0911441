"""Functions that turn one kind of value into another."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, unquote

from devkit.adf.expressions.functions.function import Library
from devkit.adf.expressions.values import ValueKindError, as_text, kind_of, to_text

LIBRARY = Library()
_DATA_URI = "data:text/plain;charset=utf-8;base64,"
_BINARY = "application/octet-stream"


@LIBRARY.add("array")
def _array(value: Any) -> list[Any]:
    return [value]


@LIBRARY.add("createArray")
def _create_array(*values: Any) -> list[Any]:
    return list(values)


@LIBRARY.add("coalesce")
def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


@LIBRARY.add("string")
def _string(value: Any) -> str:
    return to_text(value)


@LIBRARY.add("int")
def _int(value: Any) -> int:
    try:
        return int(value.strip() if isinstance(value, str) else value)
    except (ValueError, TypeError, OverflowError):
        raise ValueKindError(f"This is no integer, but {kind_of(value)}.") from None


@LIBRARY.add("float")
def _float(value: Any) -> float:
    try:
        return float(value)
    except (ValueError, TypeError):
        raise ValueKindError(f"This is no number, but {kind_of(value)}.") from None


@LIBRARY.add("bool")
def _bool(value: Any) -> bool:
    match value:
        case bool() | int() | float():
            return bool(value)
        case str() if value.strip().lower() in {"true", "false"}:
            return value.strip().lower() == "true"
        case str() if value.strip().lstrip("-").isdigit():
            return int(value) != 0
    raise ValueKindError(f"This is neither true nor false, but {kind_of(value)}.")


@LIBRARY.add("json")
def _json(value: Any) -> Any:
    try:
        return json.loads(as_text(value))
    except ValueError as error:
        place = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueKindError(f"The text is no JSON{place}.") from None


@LIBRARY.add("base64")
def _base64(value: Any) -> str:
    return base64.b64encode(as_text(value).encode()).decode()


@LIBRARY.add("base64ToString")
@LIBRARY.add("decodeBase64")
def _base64_to_string(value: Any) -> str:
    return _bytes(as_text(value)).decode("utf-8", "replace")


@LIBRARY.add("binary")
def _binary(value: Any) -> dict[str, str]:
    return {"$content-type": _BINARY, "$content": _base64(value)}


@LIBRARY.add("base64ToBinary")
def _base64_to_binary(value: Any) -> dict[str, str]:
    _bytes(as_text(value))
    return {"$content-type": _BINARY, "$content": value}


@LIBRARY.add("dataUri")
def _data_uri(value: Any) -> str:
    return _DATA_URI + _base64(value)


@LIBRARY.add("dataUriToString")
@LIBRARY.add("decodeDataUri")
def _data_uri_to_string(value: Any) -> str:
    head, comma, content = as_text(value).partition(",")
    if not comma or not head.startswith("data:"):
        raise ValueKindError("The text is no data URI.")
    return _base64_to_string(content) if head.endswith(";base64") else unquote(content)


@LIBRARY.add("uriComponent")
@LIBRARY.add("encodeUriComponent")
def _uri_component(value: Any) -> str:
    return quote(as_text(value), safe="")


@LIBRARY.add("uriComponentToString")
@LIBRARY.add("decodeUriComponent")
def _uri_component_to_string(value: Any) -> str:
    return unquote(as_text(value))


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueKindError("The text is not base64.") from None
