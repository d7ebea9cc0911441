"""Turns syntax trees, and whole definitions with expressions in them, into values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devkit.adf.errors import AdfError, ExpressionError
from devkit.adf.expressions.functions import FUNCTIONS
from devkit.adf.expressions.nodes import Access, Call, Constant, Interpolation
from devkit.adf.expressions.templates import is_expression, parse_text
from devkit.adf.expressions.values import kind_of, property_of, to_text, to_whole_number

if TYPE_CHECKING:
    from devkit.adf.expressions.nodes import Node
    from devkit.adf.expressions.scope import Scope


def evaluate(value: Any, scope: Scope) -> Any:
    """Return a value of a definition with every expression in it replaced by its own value.

    Raises :class:`ExpressionError`, which names the expression and the position, never a value.
    """
    if isinstance(value, str):
        return evaluate_text(value, scope)
    if is_expression(value):
        return evaluate_text(value["value"], scope)
    if isinstance(value, dict):
        return {name: evaluate(each, scope) for name, each in value.items()}
    if isinstance(value, list):
        return [evaluate(each, scope) for each in value]
    return value


def evaluate_text(text: str, scope: Scope) -> Any:
    """Return the value of one text, which may be an expression or have some in it."""
    return _Evaluation(text, scope).value(parse_text(text))


class _Evaluation:
    def __init__(self, source: str, scope: Scope) -> None:
        self._source = source
        self._scope = scope

    def value(self, node: Node) -> Any:
        match node:
            case Constant(value=value):
                return value
            case Interpolation(parts=parts):
                return "".join(to_text(self.value(part)) for part in parts)
            case Call():
                return self._call(node)
            case Access():
                return self._access(node)

    def _call(self, node: Call) -> Any:
        name = node.name.lower()
        if name == "if" and len(node.arguments) == 3:
            return self._choice(node)
        function = self._scope.functions.get(name) or FUNCTIONS.get(name)
        if function is None:
            raise self._error(f"There is no function '{node.name}' here.", node)
        if not function.takes(len(node.arguments)):
            raise self._error(f"The function '{node.name}' takes {function.arity}.", node)
        arguments = [self.value(argument) for argument in node.arguments]
        try:
            return function(*arguments)
        except ExpressionError:
            raise
        except AdfError as error:
            raise self._error(f"{node.name}(): {error}", node) from None

    def _choice(self, node: Call) -> Any:
        """Evaluate the wanted branch alone."""
        condition, then, otherwise = node.arguments
        chosen = self.value(condition)
        if not isinstance(chosen, bool):
            raise self._error(f"if(): The condition must be a boolean, not {kind_of(chosen)}.", node)
        return self.value(then if chosen else otherwise)

    def _access(self, node: Access) -> Any:
        target = self.value(node.target)
        key = self.value(node.key)
        if target is None:
            if node.safe:
                return None
            raise self._error(f"'{key}' is asked of null; '?.' would answer null.", node)
        if isinstance(target, dict):
            return self._property(target, key, node)
        if isinstance(target, list):
            return self._element(target, key, node)
        raise self._error(f"'{key}' is asked of {kind_of(target)}, which has no properties.", node)

    def _property(self, target: dict[str, Any], key: Any, node: Access) -> Any:
        if not isinstance(key, str):
            raise self._error(f"An object is asked for a property by its name, not by {kind_of(key)}.", node)
        name = property_of(target, key)
        if name is not None:
            return target[name]
        if node.safe:
            return None
        known = ", ".join(target) or "none"
        raise self._error(f"The property '{key}' does not exist; available properties: {known}.", node)

    def _element(self, target: list[Any], key: Any, node: Access) -> Any:
        try:
            index = to_whole_number(key)
        except AdfError as error:
            raise self._error(f"An array is asked for an element by its index. {error}", node) from None
        if 0 <= index < len(target):
            return target[index]
        if node.safe:
            return None
        raise self._error(f"The array has {len(target)} elements, and none of index {index}.", node)

    def _error(self, reason: str, node: Node) -> ExpressionError:
        return ExpressionError(reason, self._source, node.position)
