"""Parses web pages into trees of elements: by a fast parser, and by a patient one where the fast one loses its way.

Both give the same kind of tree, so that whoever reads it need not know which parser made it.
"""

from __future__ import annotations

import codecs
import re

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString, PreformattedString
from lxml import etree

from shared.readers.encoding import WINDOWS, encoding_of

#: Stands in a tree where the page has a byte that is no character, or a NUL.
UNREADABLE = "\ufffd"

_SOUND_NAME = re.compile(r"[a-z][a-z0-9-]*")
_NOT_IN_TREES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def as_utf8(data: bytes) -> bytes:
    """Return a page in UTF-8, however it is written: by its mark, or else as UTF-8, as it says itself, or Windows text."""
    encoding = encoding_of(data)
    if encoding == WINDOWS:
        encoding = _declared(data) or WINDOWS
    text = data.decode(encoding, "replace")
    return data if encoding == "utf-8" and UNREADABLE not in text else text.encode("utf-8", "replace")


def fast_tree(page: bytes) -> etree._Element:
    """Return the tree of a page in UTF-8."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(page, parser)
    return _with_line_breaks(etree.Element("html") if root is None else root)


def tolerant_tree(page: bytes) -> etree._Element:
    """Return the tree of a page in UTF-8 of which tags, comments or nesting are broken; takes many times as long."""
    soup = BeautifulSoup(
        page.decode(), "html.parser", multi_valued_attributes=None, on_duplicate_attribute="ignore"
    )
    root = etree.Element("html")
    made = {id(soup): root}
    for node in soup.descendants:
        parent = made[id(node.parent)]
        if isinstance(node, Tag):
            name = node.name if _SOUND_NAME.fullmatch(node.name) else "span"
            attributes = {"class": _sound(str(node["class"]))} if node.has_attr("class") else {}
            made[id(node)] = etree.SubElement(parent, name, attributes)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            _add_text(parent, _sound(node))
    return _with_line_breaks(root)


def _declared(data: bytes) -> str | None:
    """Return the encoding that a page names in its head, if there is such a one; Latin-1 means what Windows writes."""
    name = EncodingDetector.find_declared_encoding(data, is_html=True)
    try:
        known = codecs.lookup(name or "").name
    except LookupError:
        return None
    return WINDOWS if known in {"iso8859-1", "utf-8"} else known


def _with_line_breaks(root: etree._Element) -> etree._Element:
    """Let a line break separate words in the text, as it does for the eye."""
    for element in root.iter("br"):
        element.text = "\n"
    return root


def _sound(text: str) -> str:
    return _NOT_IN_TREES.sub(UNREADABLE, text)


def _add_text(parent: etree._Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
