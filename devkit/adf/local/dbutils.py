"""As much of Databricks' ``dbutils`` as notebooks use: widgets, secrets, and the notebook's own end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    from collections.abc import Mapping


class NotebookExit(BaseException):
    """A notebook has come to its end and returns a value."""

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self.value = value


class Widgets:
    """The parameters of a notebook: those that are given, and else the defaults that it declares."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = dict(given)
        self._defaults: dict[str, str] = {}

    def text(self, name: str, default: str, label: str | None = None) -> None:
        """Declare a parameter."""
        self._defaults[name] = default

    def get(self, name: str) -> str:
        """Return a parameter's value; raises KeyError when it is neither given nor declared."""
        return self._given[name] if name in self._given else self._defaults[name]

    def get_all(self) -> dict[str, str]:
        """Return all parameters, Databricks' ``getAll``."""
        return self._defaults | self._given

    getAll = get_all  # noqa: N815


@dataclass(frozen=True, slots=True)
class Secrets:
    """Secrets, which are environment variables here: ``token-key`` of scope ``strata`` is STRATA_TOKEN_KEY."""

    environ: Mapping[str, str]

    def get(self, scope: str, key: str) -> str:
        """Return a secret; raises KeyError when there is none."""
        return self.environ[f"{scope}_{key}".replace("-", "_").upper()]


class Notebook:
    """The notebook itself."""

    @staticmethod
    def exit(value: str) -> Never:
        """End it, and return a value to who started it."""
        raise NotebookExit(value)


class DbUtils:
    """What a notebook finds under the name ``dbutils``."""

    def __init__(self, widgets: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self.widgets = Widgets(widgets)
        self.secrets = Secrets(environ)
        self.notebook = Notebook()
