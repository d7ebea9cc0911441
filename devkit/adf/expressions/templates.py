"""What a text in a definition is: itself, an expression, or a text with expressions in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeGuard

from devkit.adf.expressions.nodes import Constant, Interpolation, Node
from devkit.adf.expressions.parser import parse_until_brace, parse_whole


def is_expression(value: Any) -> TypeGuard[dict[str, str]]:
    """Tell whether a value is ``{"type": "Expression", "value": …}``."""
    return isinstance(value, dict) and value.get("type") == "Expression" and isinstance(value.get("value"), str)


@lru_cache(maxsize=4096)
def parse_text(text: str) -> Node:
    """Return the syntax tree of a text; a plain one is a constant.

    ``@…`` is an expression, ``…@{…}…`` a text with expressions in it, ``@@`` at the beginning and ``@@{`` anywhere
    stand for ``@`` and ``@{``. Raises :class:`~devkit.adf.errors.ExpressionError`.
    """
    if text.startswith("@") and not text.startswith(("@@", "@{")):
        return parse_whole(text, 1)
    parts = _parts(text)
    if not parts:
        return Constant("", 0)
    if len(parts) == 1 and isinstance(parts[0], Constant):
        return parts[0]
    return Interpolation(tuple(parts), 0)


def _parts(text: str) -> list[Node]:
    parts: list[Node] = []
    literal, position = "", 0
    if text.startswith("@@") and not text.startswith("@@{"):
        literal, position = "@", 2
    while position < len(text):
        if text.startswith("@@{", position):
            literal, position = literal + "@{", position + 3
        elif text.startswith("@{", position):
            if literal:
                parts.append(Constant(literal, position))
                literal = ""
            node, position = parse_until_brace(text, position + 2)
            # An interpolated constant is text as well: '@{1}' is '1'.
            parts.append(Interpolation((node,), node.position) if isinstance(node, Constant) else node)
        else:
            literal, position = literal + text[position], position + 1
    if literal:
        parts.append(Constant(literal, position))
    return parts
