"""Cuts an expression into tokens that know where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from devkit.adf.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Iterator

TokenKind = Literal["name", "number", "text", "sign", "end"]

_PATTERN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*') |
    (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?) |
    (?P<name>[A-Za-z_][A-Za-z0-9_]*) |
    (?P<sign>\?\.|\?\[|[()\[\].,}])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression, and the positions where it begins and ends."""

    kind: TokenKind
    text: str
    position: int
    end: int


def tokens(source: str, start: int) -> Iterator[Token]:
    """Cut ``source`` into tokens from ``start`` on, as far as they are asked for; the last is of kind ``end``.

    Raises :class:`ExpressionError` at a character that no token begins with, and at a quote without its partner.
    """
    position = start
    while match := _PATTERN.match(source, position):
        kind = match.lastgroup
        yield Token(kind, match[kind], match.start(kind), match.end())  # type: ignore[arg-type, index]
        position = match.end()
    rest = source[position:].lstrip()
    position = len(source) - len(rest)
    if not rest:
        yield Token("end", "", position, position)
    elif rest.startswith("'"):
        raise ExpressionError("A text begins here and has no closing quote.", source, position)
    else:
        raise ExpressionError(f"The character {rest[0]!r} has no meaning here.", source, position)
