"""Parses web pages as a browser does, and mends those in which a browser would lose something.

A page with an open comment or title, or with two documents in one, hides the rest of itself from a strict parser. A
patient one finds it, and the page is written anew from what that one found.
"""

from __future__ import annotations

import codecs
from html import escape
from typing import TYPE_CHECKING, cast

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString, PreformattedString
from selectolax.lexbor import LexborHTMLParser

from shared.readers.encoding import WINDOWS, encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

#: Stands in a text where the page has a byte that is no character, or a NUL.
UNREADABLE = "\ufffd"
CODE = ("script", "style")

_KEPT_NAMES = {"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "ul", "ol", "li", "br", "span", *CODE}


def as_utf8(data: bytes) -> bytes:
    """Return a page in UTF-8: it may be marked, be in UTF-8, say what it is written in, or else is Windows text."""
    encoding = encoding_of(data)
    if encoding == WINDOWS:
        encoding = _declared(data) or WINDOWS
    text = data.decode(encoding, "replace")
    if encoding == "utf-8" and UNREADABLE not in text and "\0" not in text:
        return data
    return text.replace("\0", UNREADABLE).encode("utf-8", "replace")


def parsed(page: bytes) -> LexborNode:
    """Return the root of a page in UTF-8; a line break separates words in its text, as it does for the eye."""
    parser = LexborHTMLParser(page)
    for line_break in parser.css("br") if b"<br" in page or b"<BR" in page else ():
        line_break.replace_with("\n")
    return cast("LexborNode", parser.root)


def mended(page: bytes) -> bytes:
    """Return a page in UTF-8 with sound markup, as far as tables, lists, texts and classes go; takes its time."""
    soup = BeautifulSoup(page.decode(), "html.parser", multi_valued_attributes=None, on_duplicate_attribute="ignore")
    return "".join(_written(soup)).encode("utf-8", "replace")


def _written(soup: BeautifulSoup) -> Iterator[str]:
    opened: list[Tag] = []
    for node in soup.descendants:
        while opened and node.parent is not opened[-1]:
            yield f"</{_name(opened.pop())}>"
        if isinstance(node, Tag):
            css = f' class="{escape(str(node["class"]))}"' if node.has_attr("class") else ""
            yield f"<{_name(node)}{css}>"
            opened.append(node)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            yield node if opened and opened[-1].name in CODE else escape(node, quote=False)


def _name(tag: Tag) -> str:
    return tag.name if tag.name in _KEPT_NAMES else "div"


def _declared(data: bytes) -> str | None:
    """Return the encoding that a page names in its head, if there is one; Latin-1 means what Windows writes."""
    name = EncodingDetector.find_declared_encoding(data, is_html=True)
    try:
        known = codecs.lookup(name or "").name
    except LookupError:
        return None
    return None if known in {"iso8859-1", "utf-8"} else known
