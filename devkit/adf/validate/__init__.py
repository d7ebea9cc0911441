"""Checks the definitions of a factory without running them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.factory import read_factory
from devkit.adf.validate.expressions import check_expressions
from devkit.adf.validate.finding import Finding
from devkit.adf.validate.graph import check_graphs
from devkit.adf.validate.names import check_names
from devkit.adf.validate.properties import check_properties
from devkit.adf.validate.references import check_references
from devkit.adf.validate.secrets import check_secrets
from devkit.adf.validate.shapes import check_shapes
from devkit.adf.validate.triggers import check_triggers
from devkit.adf.validate.usage import check_usage

if TYPE_CHECKING:
    from pathlib import Path

#: What is looked for once all definitions are of the expected shape.
_CHECKS = (
    check_names,
    check_references,
    check_graphs,
    check_expressions,
    check_usage,
    check_secrets,
    check_triggers,
)


def validate(root: Path) -> list[Finding]:
    """Return all that is wrong with the definitions below ``root``, by file; nothing means that they are sound.

    Properties are checked where the package ``azure-mgmt-datafactory`` is installed, see
    :func:`~devkit.adf.validate.schema.is_available`. Raises :class:`~devkit.adf.errors.AdfError` when there is no such
    folder.
    """
    factory, unreadable = read_factory(root)
    findings = [Finding(each.file, "$", each.reason) for each in unreadable]
    misshapen = list(check_shapes(factory))
    findings += [*misshapen, *check_properties(factory)]
    for check in () if misshapen else _CHECKS:
        findings += check(factory)
    return sorted(dict.fromkeys(findings))
