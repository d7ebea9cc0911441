"""The compiled requirements are in step with pyproject.toml; checked from what is installed, without a network."""

from __future__ import annotations

import re

import pytest
from packaging.utils import canonicalize_name

from tests.architecture.requirements import ROOT, closure, declared, pinned

EXTRAS = {
    "requirements.txt": ("app",),
    "requirements-local.txt": ("app", "local"),
    "requirements-demo.txt": ("app", "local", "spark"),
    "requirements-test.txt": ("app", "local", "spark", "test"),
}
each_file = pytest.mark.parametrize("file", EXTRAS)


@each_file
def test_every_declared_dependency_is_pinned_to_a_version_that_satisfies_it(file: str) -> None:
    versions = pinned(file)
    unmet = [
        str(requirement)
        for requirement in declared(*EXTRAS[file])
        if not requirement.specifier.contains(versions.get(canonicalize_name(requirement.name), ""))
    ]
    assert unmet == []


@each_file
def test_what_is_pinned_is_what_is_declared_and_all_that_it_needs(file: str) -> None:
    assert set(pinned(file)) == closure(declared(*EXTRAS[file]))


@each_file
def test_every_line_pins_one_version(file: str) -> None:
    pin = re.compile(r"[a-z0-9-]+(\[[a-z,]+\])?==[\w.]+( ; [^#]+)?\s*# via .+")
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not pin.fullmatch(line)] == []


def test_what_azure_and_the_local_system_install_is_what_is_tested() -> None:
    tested = pinned("requirements-test.txt").items()
    assert pinned("requirements.txt").items() <= pinned("requirements-local.txt").items()
    assert pinned("requirements-local.txt").items() <= pinned("requirements-demo.txt").items() <= tested
