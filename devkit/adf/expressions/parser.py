"""Makes a syntax tree of an expression.

expression = constant | call , { access }
call       = name , "(" , [ expression , { "," , expression } ] , ")"
access     = ( "." | "?." ) , name | ( "[" | "?[" ) , expression , "]"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.errors import ExpressionError
from devkit.adf.expressions.lexer import Token, tokens
from devkit.adf.expressions.nodes import Access, Call, Constant

if TYPE_CHECKING:
    from devkit.adf.expressions.nodes import Node

_WORDS = {"true": True, "false": False, "null": None}
_DEEPEST = 100


def parse_whole(source: str, start: int) -> Node:
    """Parse ``source`` from ``start`` to its end; raises :class:`ExpressionError`."""
    parser = _Parser(source, start)
    node = parser.expression()
    parser.expect_end()
    return node


def parse_until_brace(source: str, start: int) -> tuple[Node, int]:
    """Parse up to the brace that ends an interpolation; returns the tree and the position behind the brace."""
    parser = _Parser(source, start)
    node = parser.expression()
    return node, parser.expect("}", "An interpolation begins with '@{' and ends with '}'.").end


class _Parser:
    def __init__(self, source: str, start: int) -> None:
        self._source = source
        self._tokens = tokens(source, start)
        self._next: Token | None = None
        self._depth = 0

    def expression(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error("Expressions are nested too deeply.", self._peek())
        node = self._accesses(self._primary())
        self._depth -= 1
        return node

    def expect_end(self) -> None:
        token = self._take()
        if token.kind != "end":
            raise self._error(f"The expression should end before '{token.text}'.", token)

    def expect(self, sign: str, reason: str) -> Token:
        token = self._take()
        if token.text != sign or token.kind != "sign":
            found = f"'{token.text}' stands" if token.text else "the expression ends"
            raise self._error(f"'{sign}' is missing, {found} here. {reason}", token)
        return token

    def _primary(self) -> Node:
        token = self._take()
        if token.kind == "text":
            return Constant(token.text[1:-1].replace("''", "'"), token.position)
        if token.kind == "number":
            is_whole = token.text.lstrip("-").isdigit()
            return Constant(int(token.text) if is_whole else float(token.text), token.position)
        if token.kind == "name":
            return self._name(token)
        found = f"'{token.text}' is none" if token.text else "it ends here"
        raise self._error(f"A value is expected, and {found}.", token)

    def _name(self, token: Token) -> Node:
        if self._peek().text == "(":
            self._take()
            return Call(token.text, self._arguments(), token.position)
        if token.text.lower() in _WORDS:
            return Constant(_WORDS[token.text.lower()], token.position)
        raise self._error(f"'{token.text}' is no value: a text stands in single quotes, a function has ().", token)

    def _arguments(self) -> tuple[Node, ...]:
        arguments: list[Node] = []
        if self._peek().text == ")":
            self._take()
            return ()
        while True:
            arguments.append(self.expression())
            if self._peek().text != ",":
                break
            self._take()
        self.expect(")", "The arguments of a function stand in ( and ), with commas between them.")
        return tuple(arguments)

    def _accesses(self, node: Node) -> Node:
        while self._peek().kind == "sign" and self._peek().text in {".", "?.", "[", "?["}:
            token = self._take()
            safe = token.text.startswith("?")
            if token.text.endswith("."):
                name = self._take()
                if name.kind != "name":
                    raise self._error(f"A property's name is expected after '{token.text}'.", name)
                key: Node = Constant(name.text, name.position)
            else:
                key = self.expression()
                self.expect("]", "An index stands in [ and ].")
            node = Access(node, key, safe, token.position)
        return node

    def _peek(self) -> Token:
        if self._next is None:
            self._next = next(self._tokens)
        return self._next

    def _take(self) -> Token:
        token = self._peek()
        # The end is all that follows the end.
        self._next = token if token.kind == "end" else None
        return token

    def _error(self, reason: str, token: Token) -> ExpressionError:
        return ExpressionError(reason, self._source, token.position)
