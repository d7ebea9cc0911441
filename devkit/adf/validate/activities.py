"""The activities of a pipeline, with the places where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devkit.adf.activities.blocks import inner_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.factory import Definition, Json


@dataclass(frozen=True, slots=True)
class Block:
    """Activities that stand side by side, and the activities around them, outermost first."""

    path: str
    activities: list[Json]
    around: tuple[Placed, ...] = ()

    @property
    def by_name(self) -> dict[str, Json]:
        """The activities by their names; of equal names the last."""
        return {each.get("name", ""): each for each in self.activities}

    def before(self, name: str) -> set[str]:
        """Return the names of all activities that one of them depends on, directly or not."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            for each in (self.by_name.get(waiting.pop()) or {}).get("dependsOn") or []:
                if (other := each.get("activity")) not in found:
                    found.add(other)
                    waiting.append(other)
        return found


@dataclass(frozen=True, slots=True)
class Placed:
    """An activity, its path, and the block it stands in."""

    activity: Json
    path: str
    block: Block = field(repr=False)

    @property
    def name(self) -> str:
        """Its name."""
        return self.activity.get("name", "")


def blocks_of(pipeline: Definition) -> Iterator[Block]:
    """Yield the blocks of a pipeline, outer ones first."""
    yield from _blocks(Block("$.properties.activities", pipeline.properties.get("activities") or []))


def placed_activities(pipeline: Definition) -> Iterator[Placed]:
    """Yield all activities of a pipeline with their places."""
    for block in blocks_of(pipeline):
        yield from _placed(block)


def _placed(block: Block) -> Iterator[Placed]:
    for number, activity in enumerate(block.activities):
        yield Placed(activity, f"{block.path}[{number}]", block)


def _blocks(block: Block) -> Iterator[Block]:
    yield block
    for placed in _placed(block):
        for path, inner in inner_blocks(placed.activity):
            yield from _blocks(Block(f"{placed.path}.{path}", inner, (*block.around, placed)))
