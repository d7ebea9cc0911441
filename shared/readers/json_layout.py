"""Tells from a file's first bytes how its JSON records are laid out, whatever its name claims."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import PurePosixPath

from shared.errors import UnreadableFileError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LINE_SUFFIXES = {".ndjson", ".jsonl"}
_WHOLE_OBJECT_LINE = re.compile(rb"\{.*\}[ \t\r]*$")


class JsonLayout(Enum):
    """One array of records, or one record a line (NDJSON)."""

    ARRAY = "array"
    LINES = "lines"


def sniff_json(head: bytes, filename: str) -> JsonLayout:
    """Return the layout of a file that begins with ``head`` (a megabyte is plenty).

    A lone object is one record of an NDJSON file when the name says so, else a mistake: an array was forgotten.
    Raises :class:`UnreadableFileError` when the file is empty, in another encoding, no JSON, or a lone object.
    """
    if head.startswith(_OTHER_MARKS):
        raise UnreadableFileError(
            f"{filename} is UTF-16; JSON is exchanged as UTF-8.",
            code="wrong_encoding",
            advice="Save the file as UTF-8 and upload it again.",
            file=filename,
        )
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip(b" \t\r\n")
    if not text:
        raise UnreadableFileError(f"{filename} is empty.", code="empty_file", file=filename)
    if text.startswith(b"["):
        return JsonLayout.ARRAY
    if not text.startswith(b"{"):
        raise UnreadableFileError(
            f"{filename} is not JSON: it begins with neither '[' nor '{{'.",
            code="not_json",
            advice="Upload a JSON array of records, or one JSON record a line (NDJSON).",
            file=filename,
        )
    first_line, newline, rest = text.partition(b"\n")
    one_record_a_line = bool(newline and rest.strip()) and bool(_WHOLE_OBJECT_LINE.match(first_line))
    if one_record_a_line or PurePosixPath(filename.lower()).suffix in _LINE_SUFFIXES:
        return JsonLayout.LINES
    raise UnreadableFileError(
        f"{filename} holds one object instead of an array of records.",
        code="object_instead_of_array",
        advice="Put the records between '[' and ']', or one record a line in a file named .ndjson.",
        file=filename,
    )
