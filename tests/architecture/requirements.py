"""What pyproject.toml asks for, what the compiled files pin, and what the installed packages ask for in turn."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def declared(*extras: str) -> list[Requirement]:
    """What the project needs, with these extras."""
    optional = [line for extra in extras for line in _PROJECT["optional-dependencies"][extra]]
    return [Requirement(line) for line in [*_PROJECT["dependencies"], *optional]]


def pinned(file: str) -> dict[str, str]:
    """The versions that a file names for this Python, by package."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    requirements = [Requirement(line.partition("#")[0]) for line in lines]
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in requirements
        if each.marker is None or each.marker.evaluate()
    }


def closure(roots: list[Requirement]) -> set[str]:
    """The packages asked for and all that they ask for in turn, as the installed ones say."""
    found: set[tuple[str, str]] = set()
    waiting = list(roots)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if (name, extra) in found:
                continue
            found.add((name, extra))
            try:
                lines = distribution(name).requires or []
            except PackageNotFoundError:
                continue
            environment = {**default_environment(), "extra": extra}
            wanted = map(Requirement, lines)
            waiting += [each for each in wanted if each.marker is None or each.marker.evaluate(environment)]
    return {name for name, _ in found}
