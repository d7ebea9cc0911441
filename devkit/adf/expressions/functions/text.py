"""Functions of texts. Where Data Factory looks for one text in another without regard to case, so do these."""

from __future__ import annotations

import uuid
from typing import Any

from devkit.adf.expressions.functions.function import Library
from devkit.adf.expressions.values import ValueKindError, as_text, to_text, to_whole_number

LIBRARY = Library()
#: How a GUID looks, by .NET's letter.
_GUID_FORMS = {"N": "{0.hex}", "D": "{0}", "B": "{{{0}}}", "P": "({0})"}


@LIBRARY.add("concat")
def _concat(*parts: Any) -> Any:
    if parts and all(isinstance(part, list) for part in parts):
        return [element for part in parts for element in part]
    return "".join(map(to_text, parts))


@LIBRARY.add("endsWith")
def _ends_with(text: Any, end: Any) -> bool:
    return as_text(text).lower().endswith(as_text(end).lower())


@LIBRARY.add("startsWith")
def _starts_with(text: Any, start: Any) -> bool:
    return as_text(text).lower().startswith(as_text(start).lower())


@LIBRARY.add("guid")
def _guid(form: Any = "D") -> str:
    shape = _GUID_FORMS.get(as_text(form).upper())
    if shape is None:
        raise ValueKindError(f"The form of a GUID is one of {', '.join(_GUID_FORMS)}.")
    return shape.format(uuid.uuid4())


@LIBRARY.add("indexOf")
def _index_of(text: Any, part: Any) -> int:
    return as_text(text).lower().find(as_text(part).lower())


@LIBRARY.add("lastIndexOf")
def _last_index_of(text: Any, part: Any) -> int:
    return as_text(text).lower().rfind(as_text(part).lower())


@LIBRARY.add("replace")
def _replace(text: Any, old: Any, new: Any) -> str:
    if not as_text(old):
        raise ValueKindError("The text to be replaced is empty.")
    return as_text(text).replace(old, as_text(new))


@LIBRARY.add("split")
def _split(text: Any, delimiter: Any) -> list[str]:
    return as_text(text).split(delimiter) if as_text(delimiter) else [as_text(text)]


@LIBRARY.add("substring")
def _substring(text: Any, start: Any, length: Any = None) -> str:
    whole, begin = as_text(text), to_whole_number(start)
    taken = len(whole) - begin if length is None else to_whole_number(length)
    if begin < 0 or taken < 0 or begin + taken > len(whole):
        raise ValueKindError(f"The text has {len(whole)} characters; {taken} from {begin} on go beyond it.")
    return whole[begin : begin + taken]


@LIBRARY.add("toLower")
def _to_lower(text: Any) -> str:
    return as_text(text).lower()


@LIBRARY.add("toUpper")
def _to_upper(text: Any) -> str:
    return as_text(text).upper()


@LIBRARY.add("trim")
def _trim(text: Any) -> str:
    return as_text(text).strip()
