"""Reads the tables of web pages: each under the title that stands above it, its rows as texts of cells.

A page is parsed in pieces. So memory does not grow with the rows of its tables, and where markup is broken the damage
stays within a piece, which alone is mended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from shared.errors import UnreadableFileError
from shared.readers.html_pieces import PIECE_BYTES, ROWS_CLASS, cut, nesting
from shared.readers.html_tree import CODE, as_utf8, mended, parsed

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from shared.readers.html_pieces import Piece

#: A piece of a page, parsed, takes up to thirty times as much memory, and time by the square of its depth.
MAX_PIECE_BYTES = 16_000_000
MAX_DEPTH = 10_000
#: Mending takes far more time, and nothing that is worth it is so large.
MAX_MENDED_BYTES = 1_000_000


@dataclass(slots=True)
class Block:
    """A title, and the table that follows it before another title does, None where none does."""

    title: re.Match[str]
    table: LexborNode | None = None
    pieces: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """The elements of a page in their order, without what is in its tables; its blocks, and its scripts as text."""

    elements: list[LexborNode]
    blocks: list[Block]
    scripts: list[str]


def read_page(data: bytes, title: re.Pattern[str], filename: str) -> Page:
    """Return a page; ``title`` says what the whole text of a title is, in single spaces.

    Raises :class:`UnreadableFileError` when a piece of the page is larger, or nested deeper, than can be parsed.
    """
    pieces = cut(as_utf8(data))
    _refuse_monstrous(pieces.rest, filename)
    for piece in chain.from_iterable(pieces.tables):
        _refuse_monstrous(piece.text, filename)
    root = parsed(pieces.rest)
    if len(root.css(f"tr.{ROWS_CLASS}")) < len(pieces.tables) and len(pieces.rest) <= MAX_MENDED_BYTES:
        root = parsed(mended(pieces.rest))
    elements = list(_outside_tables(root))
    scripts = [script.decode() for script in pieces.scripts]
    scripts += [element.text_lexbor() for element in elements if element.tag == "script"]
    return Page(elements, _blocks(elements, pieces.tables, title), scripts)


def header_of(block: Block) -> list[LexborNode]:
    """Return the cells of a table's header: those that stand above its rows, or else the first row of such cells."""
    if block.table is None:
        return []
    row = next(rows_of(block), None)
    cells = [] if row is None else list(row.iter())
    return block.table.css("th") or ([] if any(cell.tag != "th" for cell in cells) else cells)


def rows_of(block: Block) -> Iterator[LexborNode]:
    """Yield the rows of a block's table; a row of its header may be among them."""
    for piece in block.pieces:
        text = b"".join([b"<table>", piece.text, b"</table>"])
        rows = _rows(parsed(text))
        if len(rows) < piece.rows and len(text) <= MAX_MENDED_BYTES:
            rows = max(rows, _rows(parsed(mended(text))), key=len)
        yield from rows


def cells_of(row: LexborNode) -> list[str]:
    """Return the texts of a row's cells."""
    return [cell.text_lexbor() for cell in row.iter()]


def items_of(row: LexborNode) -> list[str]:
    """Return the texts of the items of all lists within a row."""
    return [in_one_line(item.text_lexbor()) for item in row.css("li")]


def in_one_line(text: str) -> str:
    """Return text without white space around it, and with single spaces within."""
    return " ".join(text.split())


def _refuse_monstrous(text: bytes | memoryview[int], filename: str) -> None:
    if len(text) > MAX_PIECE_BYTES or (len(text) > 2 * PIECE_BYTES and nesting(text) > MAX_DEPTH):
        raise UnreadableFileError(
            f"{filename} is a page of which a single row, or what is outside of its tables, has more than "
            f"{MAX_PIECE_BYTES:,} bytes, or elements more than {MAX_DEPTH:,} deep.",
            code="page_too_large",
            advice="Save the page without pictures and programs.",
            file=filename,
        )


def _outside_tables(root: LexborNode) -> Iterator[LexborNode]:
    """Yield what is within an element, in order; tables are not entered."""
    waiting = list(root.iter())[::-1]
    while waiting:
        element = waiting.pop()
        yield element
        if element.tag != "table":
            waiting.extend(list(element.iter())[::-1])


def _blocks(elements: list[LexborNode], tables: list[list[Piece]], title: re.Pattern[str]) -> list[Block]:
    blocks: list[Block] = []
    titled = -1
    for element in elements:
        is_table = element.tag == "table"
        heading = element.css_first("caption") if is_table else element
        inside = element.parent is not None and element.parent.mem_id == titled
        match = None if heading is None or inside else _title(heading, title)
        if match:
            blocks.append(Block(match))
            titled = element.mem_id
        if is_table and blocks and blocks[-1].table is None:
            blocks[-1].table = element
            blocks[-1].pieces = [piece for number in _numbers(element) for piece in tables[number]]
    return blocks


def _title(element: LexborNode, title: re.Pattern[str]) -> re.Match[str] | None:
    """Return how an element's text is a title; it may have words set off, but nothing deeper."""
    if element.tag in CODE or any(True for part in element.iter() for _ in part.iter()):
        return None
    return title.fullmatch(in_one_line(element.text_lexbor()))


def _numbers(table: LexborNode) -> list[int]:
    """Return the numbers under which the rows of a table were cut out."""
    classes = (row.attributes["class"] or "" for row in table.css(f"tr.{ROWS_CLASS}"))
    return [int(css.split()[1]) for css in classes]


def _rows(root: LexborNode) -> list[LexborNode]:
    table = root.css_first("table")
    return [row for part in table.iter() for row in part.iter() if row.tag == "tr"] if table else []
