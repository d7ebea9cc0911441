from __future__ import annotations

import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from devkit.host.load import LoadedApp, load_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Callable[..., LoadedApp]]:
    """Loads a function app from the lines that follow its imports."""
    path, module = list(sys.path), sys.modules.get("function_app")

    def load_source(source: str, **environ: str) -> LoadedApp:
        imports = "import azure.functions as func\napp = func.FunctionApp()\n"
        (tmp_path / "function_app.py").write_text(imports + dedent(source))
        return load_app(tmp_path, environ)

    yield load_source
    sys.path[:] = path
    sys.modules.pop("function_app", None)
    if module is not None:
        sys.modules["function_app"] = module
