"""What a dataset points to: files of a container, or a table; and which kinds of service it may be in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from devkit.adf.errors import ActivityError

if TYPE_CHECKING:
    from devkit.adf.factory import Json

FILE_TYPES = frozenset({"Parquet", "DelimitedText", "Excel"})
#: In which schema of the local warehouse the tables of a database are, by type of its linked service.
SCHEMAS = {"AzureSqlDW": "synapse", "AzureMySql": "staging"}
#: The linked service of each type of table.
TABLE_TYPES = {"AzureSqlDWTable": "AzureSqlDW", "AzureMySqlTable": "AzureMySql"}
_WILDCARDS = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class FileLocation:
    """Files: a container, the folder in it, and the name or names; wildcards may stand in both."""

    container: str
    folder: str
    name: str
    recursive: bool = True

    @property
    def prefix(self) -> str:
        """What all their paths begin with."""
        fixed = _WILDCARDS.split(self.folder)[0]
        if fixed != self.folder:
            return fixed
        name = _WILDCARDS.split(self.name)[0]
        return f"{self.folder}/{name}" if self.folder else name

    def holds(self, path: str) -> bool:
        """Tell whether a path is one of them."""
        folder, _, name = path.rpartition("/")
        if self.name and not fnmatchcase(name, self.name):
            return False
        if _WILDCARDS.search(self.folder) or self.name or not self.recursive:
            return _folder_matches(folder, self.folder) or (
                self.recursive and not self.name and _below(folder, self.folder)
            )
        return _below(folder, self.folder)


def file_location(dataset: Json, settings: Json | None = None) -> FileLocation:
    """Return where the files of a dataset are; ``settings`` of a copy's reading or writing may say more."""
    properties = dataset["typeProperties"]
    place = properties["location"]
    settings = settings or {}
    container = place.get("container") or place.get("fileSystem")
    folder = settings.get("wildcardFolderPath") or place.get("folderPath") or ""
    name = settings.get("wildcardFileName") or place.get("fileName") or ""
    if not container:
        raise ActivityError("The dataset names no container.", "InvalidDataset")
    return FileLocation(container, folder.strip("/"), name, settings.get("recursive", True) is not False)


def table_name(dataset: Json) -> str:
    """Return ``schema.table`` of a dataset of a database."""
    properties: Json = dataset["typeProperties"]
    table = properties.get("table") or properties.get("tableName")
    if not table:
        raise ActivityError("The dataset names no table.", "InvalidDataset")
    if "schema" not in properties and "." in table:
        return table
    return f"{properties.get('schema') or schema_of(dataset)}.{table}"


def schema_of(dataset: Json) -> str:
    """Return the schema that stands for the database of a dataset."""
    return SCHEMAS[TABLE_TYPES[dataset["type"]]]


def _folder_matches(folder: str, pattern: str) -> bool:
    return fnmatchcase(folder, pattern) and folder.count("/") == pattern.count("/")


def _below(folder: str, parent: str) -> bool:
    return not parent or folder == parent or folder.startswith(f"{parent}/")
