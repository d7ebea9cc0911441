"""Cuts web pages into pieces: their scripts, the rows of each table, some at a time, and what lies outside of both."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Few enough for a processor's cache to hold what a parser makes of them.
PIECE_BYTES = 1 << 15
#: The class of the row that stands for those that were cut out of a table; the number of the table follows it.
ROWS_CLASS = "strata-rows"

_TAG = re.compile(rb"<(?:!--|(?:script|style|/?table|tr)(?=[\s>/]))", re.IGNORECASE)
_HIDING = {b"<!--": b"-->", b"<script": b"</script", b"<style": b"</style"}
_CELL_BEGINS = re.compile(rb"<t[dh](?=[\s>/])", re.IGNORECASE)
_CELL_ENDS = re.compile(rb"</t[dhr]\s*>", re.IGNORECASE)
_PART_ENDS = re.compile(rb"</(?:t[dhr]|thead|tbody|tfoot)\s*>", re.IGNORECASE)
#: A cell that is open was opened so many bytes ago at most, or it ended since.
_LOOKED_BACK = 1_024
#: Tables that lie deeper within each other are not told apart.
_DEEPEST = 50
_NESTING = re.compile(rb"<(/?)(?!(?:br|hr|img|input|link|meta)\b)[a-z]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a table as they are written, and how many."""

    text: memoryview[int]
    rows: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A page in pieces: its tables' rows, its scripts, and the rest.

    In the rest, a row with the class ``ROWS_CLASS`` stands where rows were. Those of a table within a table stay where
    they are.
    """

    rest: bytes
    tables: list[list[Piece]] = field(default_factory=list)
    scripts: list[bytes] = field(default_factory=list)


class _Rows(NamedTuple):
    """Where the rows of a table begin, where the last one ends, and whether the table is closed after it."""

    starts: list[int]
    end: int
    is_closed: bool


class _Script(NamedTuple):
    """Where a script outside of tables begins and ends."""

    begin: int
    end: int


def cut(page: bytes) -> Cut:
    """Return a page in pieces."""
    rest: list[bytes] = []
    tables: list[list[Piece]] = []
    scripts: list[bytes] = []
    kept_from = 0
    for span in _spans(page):
        begin = span.begin if isinstance(span, _Script) else (*span.starts, span.end)[0]
        rest.append(page[kept_from:begin])
        kept_from = span.end
        if isinstance(span, _Script):
            scripts.append(page[begin : span.end].partition(b">")[2])
            continue
        if span.starts:
            # The empty row takes the blow where a comment before it is left open.
            rest.append(b'<tr></tr><tr class="%b %d"></tr>' % (ROWS_CLASS.encode(), len(tables)))
            tables.append(list(_pieces(page, span)))
        if not span.is_closed:
            rest.append(b"</table>")
    return Cut(b"".join([*rest, page[kept_from:]]), tables, scripts)


def nesting(text: bytes | memoryview[int]) -> int:
    """Return how deep elements may at most lie within each other."""
    depth = deepest = 0
    for tag in _NESTING.finditer(text):
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _spans(page: bytes) -> Iterator[_Rows | _Script]:
    """Yield what is to be cut out; and where a table should be closed that is not."""
    depth, begin, hidden_until = 0, 0, 0
    starts: list[int] = []
    endless: set[bytes] = set()
    for tag in _TAG.finditer(page):
        at, name = tag.start(), tag[0].lower()
        if at < hidden_until or name in endless:
            continue
        if name == b"<tr":
            if depth == 1:
                starts.append(at)
        elif name in _HIDING:
            hidden_until = _end(page, _HIDING[name], at)
            if not hidden_until:
                endless.add(name)
            elif name == b"<script" and depth == 0:
                yield _Script(at, hidden_until)
        elif name == b"</table":
            depth -= depth > 0
            if depth == 0 and starts:
                yield _Rows(starts, at, is_closed=True)
                starts = []
        else:
            last = starts[-1] if starts else begin
            if 0 < depth < _DEEPEST and not _is_within_cell(page, last, at):
                yield _Rows(starts, _end_of_rows(page, last, at), is_closed=False)
                depth, starts = 0, []
            depth += 1
            begin = at if depth == 1 else begin
    if depth:
        last, end = starts[-1] if starts else begin, len(page)
        is_cut_off = _is_within_cell(page, last, end)
        yield _Rows(starts, end if is_cut_off else _end_of_rows(page, last, end), is_closed=False)


def _pieces(page: bytes, rows: _Rows) -> Iterator[Piece]:
    starts, first = rows.starts, 0
    while first < len(starts):
        following = max(bisect_left(starts, starts[first] + PIECE_BYTES), first + 1)
        stop = starts[following] if following < len(starts) else rows.end
        yield Piece(memoryview(page)[starts[first] : stop], following - first)
        first = following


def _end(page: bytes, name: bytes, at: int) -> int:
    """Return where a comment or script ends, 0 where it never does and so hides nothing."""
    return min((place for end in (name, name.upper()) if (place := page.find(end, at)) >= 0), default=0)


def _is_within_cell(page: bytes, since: int, at: int) -> bool:
    """Tell whether a cell is still open."""
    since = max(since, at - _LOOKED_BACK)
    begins = [tag.start() for tag in _CELL_BEGINS.finditer(page, since, at)]
    return not _CELL_ENDS.search(page, begins[-1] if begins else since, at)


def _end_of_rows(page: bytes, since: int, at: int) -> int:
    """Return where the last part ends of a table that is never closed."""
    return max((tag.end() for tag in _PART_ENDS.finditer(page, since, at)), default=at)
