"""What expressions can see: the functions that depend on where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from devkit.adf.expressions.functions.function import Function

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Scope:
    """Functions by their names in small letters, such as ``item``, beside those that are always there."""

    functions: Mapping[str, Function] = field(default_factory=dict)

    def having(self, **functions: Callable[..., Any]) -> Scope:
        """Return a scope that has further functions, or others of the same names."""
        added = {name.lower(): Function.of(name, each) for name, each in functions.items()}
        return Scope({**self.functions, **added})
