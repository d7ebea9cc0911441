"""What can go wrong with definitions and their runs, said to the person who wrote them."""

from __future__ import annotations


class AdfError(Exception):
    """Definitions cannot be read or run; the message says which, and why."""


class ExpressionError(AdfError):
    """An expression cannot be parsed or evaluated; ``position`` counts its characters from 0."""

    def __init__(self, reason: str, expression: str, position: int) -> None:
        super().__init__(f"{reason} In the expression '{expression}', at position {position}.")
        self.reason = reason
        self.expression = expression
        self.position = position


class ActivityError(AdfError):
    """An activity fails, with the error code that Data Factory would show."""

    def __init__(self, sentence: str, code: str = "UserError") -> None:
        super().__init__(sentence)
        self.code = code
