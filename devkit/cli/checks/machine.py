"""Whether this machine has what the local system needs: packages, Node and Azurite, ports; Java for Spark."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from devkit.cli.checks.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

# ruff: noqa: PLC0415 - what a checkout has, an installed command does not

_INSTALL = "Run 'make install'."
_PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)\s+#", re.MULTILINE)
_VERSIONS = """
import importlib.metadata, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found[name] = None
print(json.dumps(found))
"""
_NODE = "from devkit.azurite.node import NODE; print(NODE)"
# Of Core Tools and of Azurite where nothing else is said.
_FUNC_PORT = 7071
_AZURITE_PORTS = (10000, 10001, 10002)


def machine_findings() -> Iterator[Finding]:
    """Yield what is found of this machine; without a checkout there is nothing to run on it but the command."""
    numbers = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", Verdict.OK, f"{numbers}, {sys.executable}")
    if find_spec("devkit.install") is None:
        yield Finding("Checkout", Verdict.OK, "none is here: this is the command alone")
        return
    from devkit.install import ROOT, VENV

    python = VENV / "bin" / "python"
    if not python.exists():
        python = Path(sys.executable)
    yield packages(python, ROOT / "requirements-local.txt")
    yield node(python, ROOT)
    yield azurite(python, ROOT)
    yield java()
    yield ports_of_system()
    yield ports_of_core_tools()
    if find_spec("pydantic_settings") is None:
        advice = "Run 'make install', then .venv/bin/python -m devkit.cli doctor."
        yield Finding("Settings", Verdict.WARNING, "cannot be looked at with this Python", advice)
        return
    from devkit.cli.checks.settings import settings_findings

    yield from settings_findings(ROOT)


def packages(python: Path, pinned: Path) -> Finding:
    """Compare what the Python of the checkout has with what a file of requirements pins."""
    pins = dict(_PIN.findall(pinned.read_text(encoding="utf-8")))
    try:
        installed = json.loads(_said([str(python), "-c", _VERSIONS, *pins], pinned.parent))
    except (OSError, subprocess.CalledProcessError) as error:
        return Finding("Packages", Verdict.PROBLEM, f"{python} does not run ({error})", _INSTALL)
    if missing := [name for name, found in installed.items() if found is None]:
        return Finding("Packages", Verdict.PROBLEM, f"{python} lacks {', '.join(missing)}", _INSTALL)
    if others := [f"{name} {installed[name]}" for name, wanted in pins.items() if installed[name] != wanted]:
        return Finding("Packages", Verdict.WARNING, f"not as pinned: {', '.join(others)}", _INSTALL)
    return Finding("Packages", Verdict.OK, f"{python} has them as {pinned.name} says")


def node(python: Path, checkout: Path) -> Finding:
    """Look whether there is the Node that comes with the packages, and whether it runs."""
    try:
        program = _said([str(python), "-c", _NODE], checkout)
    except (OSError, subprocess.CalledProcessError):
        return Finding("Node", Verdict.PROBLEM, "is not installed", _INSTALL)
    try:
        version = _said([program, "--version"], checkout)
    except (OSError, subprocess.CalledProcessError) as error:
        sentence = f"{program} does not run ({error})"
        return Finding("Node", Verdict.PROBLEM, sentence, "Remove .venv and run 'make install'.")
    return Finding("Node", Verdict.OK, f"{version}, {program}")


def azurite(python: Path, checkout: Path) -> Finding:
    """Look whether Azurite is installed as its lockfile says."""
    try:
        _said([str(python), "-m", "devkit.azurite.install", "--check"], checkout)
    except (OSError, subprocess.CalledProcessError):
        return Finding("Azurite", Verdict.PROBLEM, "is not installed as its lockfile says", _INSTALL)
    return Finding("Azurite", Verdict.OK, "as its lockfile says")


def java() -> Finding:
    """Look whether there is a Java that Spark runs on."""
    from devkit.java import OLDEST, suitable_java

    if suitable_java():
        return Finding("Java", Verdict.OK, f"{OLDEST} or newer")
    return Finding(
        "Java",
        Verdict.WARNING,
        f"none of version {OLDEST} or newer: what runs on Spark cannot run here",
        "As root: apt-get install openjdk-21-jre-headless, or point JAVA_HOME to one.",
    )


def ports_of_system() -> Finding:
    """Look whether 'make up' would find the free ports that it takes."""
    from devkit.processes import free_ports

    try:
        free_ports(4)
    except OSError as error:
        return Finding(
            "Ports", Verdict.PROBLEM, f"none can be opened on 127.0.0.1 ({error})", "Allow programs to do so."
        )
    return Finding("Ports", Verdict.OK, "free ones can be had; 'make up' takes any")


def ports_of_core_tools() -> Finding:
    """Look whether 'func start' would find the ports that it and Azurite have by default."""
    from devkit.processes import listens

    if taken := [str(port) for port in (_FUNC_PORT, *_AZURITE_PORTS) if listens(port)]:
        return Finding(
            "Core Tools",
            Verdict.WARNING,
            f"in use: {', '.join(taken)}; right if 'func start' or its Azurite runs, else in their way",
            "End what uses them, or choose others: func start --port, azurite --blobPort --queuePort --tablePort.",
        )
    return Finding("Core Tools", Verdict.OK, f"{_FUNC_PORT} and {_AZURITE_PORTS[0]}–{_AZURITE_PORTS[-1]} are free")


def _said(command: list[str], directory: Path) -> str:
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True).stdout.strip()
