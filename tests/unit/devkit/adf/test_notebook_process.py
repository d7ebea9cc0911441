"""What a notebook finds when it runs, and what is told of its end; Spark itself is not asked for anything here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from devkit.adf.local import notebook_process
from devkit.adf.local.dbutils import DbUtils

if TYPE_CHECKING:
    from pathlib import Path


class NoSpark:
    """Stands for a session, which takes seconds to start."""

    stopped = False

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    session = NoSpark()
    monkeypatch.setattr(notebook_process, "start_spark", lambda: session)

    def notebook(source: str, **widgets: str) -> tuple[int, Any]:
        (tmp_path / "n.py").write_text(source, "utf-8")
        (tmp_path / "w.json").write_text(json.dumps(widgets), "utf-8")
        code = notebook_process.main(tmp_path / "n.py", tmp_path / "w.json", tmp_path / "r.json")
        assert session.stopped
        return code, json.loads((tmp_path / "r.json").read_text("utf-8"))

    return notebook


def test_a_notebook_returns_what_it_exits_with(run: Any) -> None:
    assert run("dbutils.notebook.exit(dbutils.widgets.get('a'))\nraise ValueError", a="x") == (0, {"value": "x"})


def test_a_notebook_may_just_end(run: Any) -> None:
    assert run("spark") == (0, {"value": None})


def test_no_handler_of_errors_stops_the_exit(run: Any) -> None:
    source = "try:\n    dbutils.notebook.exit('x')\nexcept Exception:\n    pass"
    assert run(source) == (0, {"value": "x"})


def test_only_what_the_product_itself_says_is_told_of_a_failure(run: Any) -> None:
    told = "from shared.errors import ConflictError\nraise ConflictError('Nothing fits.', code='unfit')"
    assert run(told) == (1, {"error": "Nothing fits."})
    assert run("raise ValueError('somebody')") == (1, {"error": "ValueError."})


def test_widgets_have_defaults() -> None:
    widgets = DbUtils({"a": "given"}, {}).widgets
    for name in ("a", "b"):
        widgets.text(name, "default")

    assert (widgets.get("a"), widgets.get("b")) == ("given", "default")
    with pytest.raises(KeyError):
        widgets.get("c")


def test_secrets_are_environment_variables() -> None:
    secrets = DbUtils({}, {"STRATA_TOKEN_KEY": "k"}).secrets

    assert secrets.get("strata", "token-key") == "k"
    with pytest.raises(KeyError):
        secrets.get("strata", "other")


def test_files_are_written_and_removed_by_their_addresses(tmp_path: Path) -> None:
    files = DbUtils({}, {}).fs
    address = f"file://{tmp_path}/a%20folder/x.txt"

    files.put(address, "one")
    with pytest.raises(FileExistsError):
        files.put(address, "two")
    files.put(address, "two", True)
    assert (tmp_path / "a folder" / "x.txt").read_text("utf-8") == "two"
    assert files.rm(f"file://{tmp_path}/a folder", True)
    assert not files.rm(address)
