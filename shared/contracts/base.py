"""What all words of a contract have in common: how they are written down, and how a mistake in them is told."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Sequence

_CLOSE_ENOUGH = 0.6

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]


class Model(BaseModel):
    """Frozen, and strict about words it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def mistake(sentence: str, *steps: str | int) -> PydanticCustomError:
    """Say of a mistake found between several places where, below the model that looks, it stands."""
    return PydanticCustomError("mistake", "{sentence}", {"sentence": sentence, "steps": steps})


def nearest(word: str, known: Sequence[str]) -> str:
    """Say which of the known words was probably meant, or which there are."""
    close = get_close_matches(word, known, n=1, cutoff=_CLOSE_ENOUGH)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}" if known else ""


def as_tuple(value: object) -> object:
    """Return a word that stands alone as a list of one."""
    return (value,) if isinstance(value, str) else value


def null_is_a_word(value: object) -> object:
    """Return the word ``null``, which YAML takes for no value."""
    return "null" if value is None else value


def as_word(value: object) -> object:
    """Return what was written as ``yes`` or ``no``, which YAML takes for true and false."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
