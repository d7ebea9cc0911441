"""Reads the definitions of a data factory, as its git mode stores them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

from devkit.adf.errors import AdfError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Json = dict[str, Any]
Kind = Literal["pipeline", "dataset", "linkedService", "trigger"]
#: The folders of definitions.
KINDS: tuple[Kind, ...] = ("pipeline", "dataset", "linkedService", "trigger")
#: How definitions name each other.
REFERENCE_TYPES: dict[str, Kind] = {
    "PipelineReference": "pipeline",
    "DatasetReference": "dataset",
    "LinkedServiceReference": "linkedService",
    "TriggerReference": "trigger",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition and the file it comes from."""

    kind: Kind
    name: str
    file: Path
    content: Json

    @property
    def properties(self) -> Json:
        """What it consists of, apart from its name."""
        return self.content["properties"]

    @property
    def parameters(self) -> Json:
        """Its parameters, by name."""
        return self.properties.get("parameters") or {}


@dataclass(frozen=True)
class Factory:
    """All definitions of a folder that can be read, and the global parameters of its environments."""

    root: Path
    definitions: Mapping[Kind, Mapping[str, Definition]]
    environments: Mapping[str, Json]

    def get(self, kind: Kind, name: str) -> Definition:
        """Return a definition; raises :class:`AdfError` with the nearest name when there is none."""
        found = self.definitions[kind].get(name)
        if found is None:
            raise AdfError(f"There is no {kind} '{name}'{nearest(name, self.definitions[kind])}.")
        return found

    def global_parameters(self, environment: str) -> Json:
        """Return the values of the global parameters in an environment, none when it has no file."""
        return {name: each["value"] for name, each in self.environments.get(environment, {}).items()}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that holds no definition, and why."""

    file: Path
    reason: str


def load_factory(root: Path) -> Factory:
    """Read all definitions below ``root``; raises :class:`AdfError` at the first file that cannot be read."""
    factory, unreadable = read_factory(root)
    for file in unreadable:
        raise AdfError(f"{file.file}: {file.reason}")
    return factory


def read_factory(root: Path) -> tuple[Factory, list[Unreadable]]:
    """Read all definitions below ``root`` that can be read, and return the files that cannot."""
    if not root.is_dir():
        raise AdfError(f"There is no folder {root} with the definitions of a data factory.")
    unreadable: list[Unreadable] = []
    definitions: dict[Kind, dict[str, Definition]] = {}
    for kind in KINDS:
        definitions[kind] = {}
        for file in sorted((root / kind).glob("*.json")):
            try:
                content = _content(file)
            except AdfError as error:
                unreadable.append(Unreadable(file, str(error)))
            else:
                definitions[kind][content["name"]] = Definition(kind, content["name"], file, content)
    environments: dict[str, Json] = {}
    for file in sorted((root / "globalParameters").glob("*.json")):
        try:
            environments[file.stem] = _environment(file)
        except AdfError as error:
            unreadable.append(Unreadable(file, str(error)))
    return Factory(root, definitions, environments), unreadable


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``(did you mean 'x'?)`` after a space for the nearest known name, or nothing."""
    found = get_close_matches(name, list(known), 1, 0.6)
    return f" (did you mean '{found[0]}'?)" if found else ""


def _content(file: Path) -> Json:
    content = _parsed(file)
    if not isinstance(content, dict) or not isinstance(content.get("properties"), dict):
        raise AdfError("A definition is an object with 'name' and 'properties'.")
    if not isinstance(content.get("name"), str):
        raise AdfError("The definition has no 'name'.")
    return content


def _environment(file: Path) -> Json:
    content = _parsed(file)
    if not isinstance(content, dict) or not all(_is_value(each) for each in content.values()):
        raise AdfError("Global parameters are an object of names with 'type' and 'value'.")
    return content


def _is_value(each: Any) -> bool:
    return isinstance(each, dict) and each.keys() == {"type", "value"}


def _parsed(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"), object_pairs_hook=_unrepeated)
    except json.JSONDecodeError as error:
        raise AdfError(f"No JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from None
    except UnicodeDecodeError:
        raise AdfError("The file is not UTF-8.") from None


def _unrepeated(pairs: list[tuple[str, Any]]) -> Json:
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        raise AdfError(f"'{next(name for name in names if names.count(name) > 1)}' is there twice in one object.")
    return content
