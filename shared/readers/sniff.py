"""Tells from a file's first bytes what it is, whatever its name says."""

from __future__ import annotations

import codecs
from enum import Enum

#: This many bytes at the beginning of a file are looked at to decide what it is and how it is written.
SNIFFED_BYTES = 1 << 20

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1a\x1b")
_FEW_CONTROL, _MUCH_CONTROL = 16, 0.05


class Kind(Enum):
    """What a file is, in the words of a message to a person."""

    EMPTY = "empty"
    GZIP = "a gzip archive"
    ZIP = "a zip archive"
    OLE = "an old Excel file (.xls), or has a password"
    JSON = "JSON"
    MARKUP = "a web page or XML"
    BINARY = "neither text nor a workbook"
    DELIMITED = "delimited text (CSV)"
    WORKBOOK = "an Excel workbook"


_SIGNATURES = (
    (b"\x1f\x8b", Kind.GZIP),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLE),
    (b"%PDF", Kind.BINARY),
    (b"PAR1", Kind.BINARY),
    (b"Obj\x01", Kind.BINARY),
    (b"Rar!", Kind.BINARY),
    (b"BZh", Kind.BINARY),
)


def sniff(head: bytes) -> Kind:
    """Return what a file is that begins with ``head``; a workbook is a zip archive until one looks inside."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    text = head.decode(marked_encoding(head) or "latin-1", "replace").lstrip("\ufeff \t\r\n\v\f")
    if not text:
        return Kind.EMPTY
    if text[0] in "[{":
        return Kind.JSON
    if _has_much_control(head):
        return Kind.BINARY
    return Kind.MARKUP if text[0] == "<" else Kind.DELIMITED


def marked_encoding(head: bytes) -> str | None:
    """Return the encoding that a byte-order mark, or the NUL bytes of unmarked UTF-16, give away."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    nulls = (head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0))
    if pairs and max(nulls) > pairs / 2 > 10 * min(nulls):
        return "utf-16-be" if nulls[0] > nulls[1] else "utf-16-le"
    return None


def _has_much_control(head: bytes) -> bool:
    """Tell whether there are more control characters than text may hold by mistake."""
    if marked_encoding(head):
        return False
    return len(head) - len(head.translate(None, _CONTROL)) > max(_FEW_CONTROL, len(head) * _MUCH_CONTROL)
