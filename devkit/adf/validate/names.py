"""Names: of files and definitions, and of activities within a pipeline."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from devkit.adf.validate.activities import placed_activities
from devkit.adf.validate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.factory import Definition, Factory


def check_names(factory: Factory) -> Iterator[Finding]:
    """Find names that differ from their files', and activities of equal or no names."""
    for definitions in factory.definitions.values():
        for each in definitions.values():
            if each.name != each.file.stem:
                yield Finding(each.file, "$.name", f"The name '{each.name}' is not that of the file.")
    for pipeline in factory.definitions["pipeline"].values():
        yield from _repeated(pipeline)


def _repeated(pipeline: Definition) -> Iterator[Finding]:
    placed = list(placed_activities(pipeline))
    counts = Counter(each.name for each in placed)
    for each in placed:
        if not each.name:
            yield Finding(pipeline.file, each.path, "The activity has no name.")
        elif counts[each.name] > 1:
            yield Finding(pipeline.file, f"{each.path}.name", f"Several activities are called '{each.name}'.")
