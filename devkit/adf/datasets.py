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
        if self.name and not _matches(name, self.name):
            return False
        # A name without wildcards is that of one file, in its very folder.
        is_deep = self.recursive and (not self.name or _WILDCARDS.search(self.name) is not None)
        return any(_matches(each, self.folder) for each in (_upwards(folder) if is_deep else [folder]))


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


def _matches(text: str, pattern: str) -> bool:
    """Tell whether a text fits a pattern; a wildcard stands for no slash."""
    return text.count("/") == pattern.count("/") and fnmatchcase(text, pattern.replace("[", "[[]"))


def _upwards(folder: str) -> list[str]:
    """Return a folder and all above it, the root among them."""
    parts = folder.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)] + [""]
