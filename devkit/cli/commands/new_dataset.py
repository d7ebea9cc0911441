"""``strata new-dataset``: begin a dataset from templates that pass their tests at once."""

from __future__ import annotations

import keyword
import re
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from devkit.cli.errors import CliError

_NAME = re.compile(r"[a-z][a-z0-9_]*")
# The names of tables begin with the dataset's and have room for a word more.
_LONGEST_NAME = 40
_TEMPLATES = files("devkit.cli") / "templates"

#: By folder of the checkout, which templates each file is made of.
Plan = dict[str, tuple[str, ...]]
_PLAIN: Plan = {
    "shared/datasets/{name}/__init__.py": ("package.py.txt",),
    "shared/datasets/{name}/dataset.yaml": ("dataset.yaml",),
    "shared/datasets/{name}/queries.sql": ("queries.sql",),
    "tests/datasets/{name}/files.py": ("files.py.txt",),
    "tests/datasets/{name}/test_silver.py": ("test_silver.py.txt",),
    "tests/datasets/{name}/test_queries.py": ("test_queries.py.txt",),
}
_WITH_GOLD: Plan = {
    **_PLAIN,
    "shared/datasets/{name}/dataset.yaml": ("dataset.yaml", "contract_of_gold.yaml"),
    "shared/datasets/{name}/gold.py": ("gold.py.txt",),
    "shared/datasets/{name}/queries.sql": ("queries_of_gold.sql",),
    "tests/datasets/{name}/test_gold.py": ("test_gold.py.txt",),
}


def new_dataset(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Its name: small letters, digits and _.", show_default=False)
    ],
    gold: Annotated[
        bool, typer.Option("--gold", help="With gold tables of its own; else accepted rows are published as they are.")
    ] = False,
) -> None:
    """Begin a dataset from templates.

    Writes a contract, queries and tests, which pass at once, with comments that say how to go on. To be run in a
    checkout of Strata; nothing that exists is changed.
    """
    checkout = _find_checkout(Path.cwd())
    _check_name(name)
    plan = {checkout / place.format(name=name): parts for place, parts in (_WITH_GOLD if gold else _PLAIN).items()}
    for folder in (checkout / "shared/datasets" / name, checkout / "tests/datasets" / name):
        if folder.exists() or folder.with_suffix(".py").exists():
            raise CliError(f"{folder.relative_to(checkout)} exists already.", "Choose another name.")
    for path, parts in plan.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(parts, name), encoding="utf-8")
        typer.echo(path.relative_to(checkout))
    typer.echo(_NEXT.format(name=name))


_NEXT = """
What to do now:
  1. Run its tests, which pass:  .venv/bin/python -m pytest tests/datasets/{name}
  2. Make dataset.yaml yours, and the cases in tests/datasets/{name} with it.
  3. Hold it to equal results on every engine:  .venv/bin/python -m pytest tests/parity -k {name}"""


def _find_checkout(folder: Path) -> Path:
    for place in (folder, *folder.parents):
        if (place / "function_app.py").is_file() and (place / "shared/datasets").is_dir():
            return place
    raise CliError(f"{folder} is in no checkout of Strata.", "Go to the folder that holds function_app.py.")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise CliError(
            f"'{name}' cannot be the name of a dataset.",
            f"Use at most {_LONGEST_NAME} small letters, digits and _, the first a letter.",
        )
    if keyword.iskeyword(name):
        raise CliError(f"'{name}' is a word of Python, so no module can have that name.", "Choose another name.")


def _filled(templates: tuple[str, ...], name: str) -> str:
    texts = ((_TEMPLATES / template).read_text(encoding="utf-8") for template in templates)
    return "".join(Template(text).substitute(dataset=name) for text in texts)
