"""Reads the tables of web pages: each under the title that stands above it, its rows as texts of cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from shared.errors import UnreadableFileError
from shared.readers.html_tree import as_utf8, fast_tree, tolerant_tree

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    Element = etree._Element

#: While it is read, a page takes about twelve times its size in memory.
MAX_PAGE_BYTES = 64_000_000

_CODE = ("script", "style")


@dataclass(slots=True)
class Block:
    """A title, and the table that follows it before another title does, None where none does.

    ``rows`` are the table's, those of its header among them; tables within tables are text of their cell.
    """

    title: re.Match[str]
    table: Element | None = None
    rows: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """The elements of a page in their order, without what is in its tables; and the blocks it has."""

    elements: list[Element]
    blocks: list[Block]

    @property
    def row_count(self) -> int:
        """How many rows the tables of all blocks have."""
        return sum(len(block.rows) for block in self.blocks)


def read_page(data: bytes, title: re.Pattern[str], filename: str) -> Page:
    """Return a page; ``title`` says what the whole text of a title is, in single spaces.

    Where rows are written in the page that the fast parser does not see, the patient one has a try. Raises
    :class:`UnreadableFileError` when the page is larger than can be held in memory.
    """
    if len(data) > MAX_PAGE_BYTES:
        raise UnreadableFileError(
            f"{filename} is a page of more than {MAX_PAGE_BYTES:,} bytes.",
            code="page_too_large",
            advice="Send it as several pages, each with some of the tables.",
            file=filename,
        )
    text = as_utf8(data)
    root = fast_tree(text)
    page = _page(root, title)
    written = _rows_written(text, page)
    if page.row_count < written and sum(1 for _ in root.iter("tr")) < written:
        return max(page, _page(tolerant_tree(text), title), key=lambda read: read.row_count)
    return page


def header_of(block: Block) -> list[Element]:
    """Return the cells of the header: those that stand above the first row that holds data."""
    header: list[Element] = []
    for element in _outside(block.table, "th", "td", "table") if block.table is not None else ():
        if element.tag == "td":
            return [cell for cell in header if cell.getparent() is not element.getparent()]
        if element.tag == "th":
            header.append(element)
    return header


def holds_data(row: Element) -> bool:
    """Tell whether a row is more than a header; a header may be repeated within a table."""
    return len(row) > 0 and row[-1].tag != "th"


def cells_of(row: Element) -> list[str]:
    """Return the texts of a row's cells."""
    return [text_of(cell) if len(cell) else cell.text or "" for cell in row]


def items_of(row: Element) -> list[str]:
    """Return the texts of the items of all lists within a row."""
    return [(text_of(item) if len(item) else item.text or "").strip() for item in row.iter("li")]


def text_of(element: Element) -> str:
    """Return all text within an element."""
    return etree.tostring(element, method="text", encoding="unicode", with_tail=False)


def in_one_line(text: str) -> str:
    """Return text without white space around it, and with single spaces within."""
    return " ".join(text.split())


def _page(root: Element, title: re.Pattern[str]) -> Page:
    elements = list(_outside(root, "table"))
    blocks: list[Block] = []
    titled: Element | None = None
    for element in elements:
        heading = element.find("caption") if element.tag == "table" else element
        match = None if heading is None or element.getparent() is titled else _title(heading, title)
        if match:
            blocks.append(Block(match))
            titled = element
        if element.tag == "table" and blocks and blocks[-1].table is None:
            blocks[-1].table = element
            blocks[-1].rows = [inner for inner in _outside(element, "tr", "table") if inner.tag == "tr"]
    return Page(elements, blocks)


def _title(element: Element, title: re.Pattern[str]) -> re.Match[str] | None:
    """Return how an element's text is a title; it may have words set off, but nothing deeper."""
    if element.tag in _CODE or any(len(child) for child in element):
        return None
    return title.fullmatch(in_one_line(text_of(element)))


def _outside(root: Element, *closed: str) -> Iterator[Element]:
    """Yield what is within an element, in order; elements named ``closed`` are not entered."""
    waiting = list(reversed(root))
    while waiting:
        element = waiting.pop()
        yield element
        if element.tag not in closed:
            waiting.extend(reversed(element))


def _rows_written(text: bytes, page: Page) -> int:
    """Return how many rows begin in a page as it is written, but for those that its scripts would add."""
    scripts = "".join(element.text or "" for element in page.elements if element.tag in _CODE)
    return text.count(b"<tr") + text.count(b"<TR") - scripts.count("<tr") - scripts.count("<TR")
