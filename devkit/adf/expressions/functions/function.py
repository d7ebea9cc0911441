"""A function of the expression language."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

Implementation = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Function:
    """A function, and how many arguments it takes; ``most`` is None where there is no limit."""

    name: str
    implementation: Implementation
    fewest: int
    most: int | None

    @classmethod
    def of(cls, name: str, implementation: Implementation) -> Self:
        """Make one of a Python function, whose parameters say what it takes."""
        parameters = inspect.signature(implementation).parameters.values()
        fewest = sum(each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD for each in parameters)
        is_open = any(each.kind is each.VAR_POSITIONAL for each in parameters)
        return cls(name, implementation, fewest, None if is_open else len(parameters))

    def takes(self, count: int) -> bool:
        """Tell whether that many arguments fit."""
        return self.fewest <= count and (self.most is None or count <= self.most)

    @property
    def arity(self) -> str:
        """In words, how many arguments it takes."""
        if self.most is None:
            return f"{self.fewest} or more arguments"
        span = str(self.fewest) if self.fewest == self.most else f"{self.fewest} to {self.most}"
        return f"{span} argument{'' if span == '1' else 's'}"

    def __call__(self, *arguments: Any) -> Any:
        """Apply it; raises :class:`~devkit.adf.errors.AdfError` for arguments of the wrong kind."""
        return self.implementation(*arguments)


class Library(dict[str, Function]):
    """Functions by their names in small letters."""

    def add(self, name: str) -> Callable[[Implementation], Implementation]:
        """Return a decorator that adds a function under its name in the language."""

        def register(implementation: Implementation) -> Implementation:
            self[name.lower()] = Function.of(name, implementation)
            return implementation

        return register
