"""Reads the notes that services leave in storage as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from shared.errors import NotFoundError

if TYPE_CHECKING:
    from shared.ports import BlobStore

T = TypeVar("T")


def read_note(blobs: BlobStore, place: tuple[str, str], kind: type[T]) -> T | None:
    """Return what is noted at a place, container and path; None where nothing is."""
    try:
        return msgspec.json.decode(blobs.get(*place), type=kind)
    except NotFoundError:
        return None
