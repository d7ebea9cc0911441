"""As much of Databricks' ``dbutils`` as notebooks use: widgets, secrets, files, and the notebook's own end."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Never
from urllib.parse import unquote, urlsplit

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


@dataclass(frozen=True, slots=True)
class Secrets:
    """Secrets, which are environment variables here: ``token-key`` of scope ``strata`` is STRATA_TOKEN_KEY."""

    environ: Mapping[str, str]

    def get(self, scope: str, key: str) -> str:
        """Return a secret; raises KeyError when there is none."""
        return self.environ[f"{scope}_{key}".replace("-", "_").upper()]


class Files:
    """The files of this machine, by ``file://`` addresses."""

    @staticmethod
    def put(address: str, content: str, overwrite: bool = False) -> bool:
        """Write a text; raises FileExistsError when it is there already and is not to be overwritten."""
        file = _file(address)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w" if overwrite else "x", encoding="utf-8") as output:
            output.write(content)
        return True

    @staticmethod
    def rm(address: str, recurse: bool = False) -> bool:
        """Remove a file, or with ``recurse`` a folder; returns whether it was there."""
        file = _file(address)
        if file.is_dir() and recurse:
            shutil.rmtree(file)
        elif file.exists():
            file.unlink()
        else:
            return False
        return True


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
        self.fs = Files()
        self.notebook = Notebook()


def _file(address: str) -> Path:
    return Path(unquote(urlsplit(address).path))
