"""Text to truth values, by the words that people and programs write for them."""

from __future__ import annotations

import narwhals as nw

_YES = ("true", "yes", "y", "t", "1")
_NO = ("false", "no", "n", "f", "0")

#: What a truth value is written like, for messages to people.
IN_WORDS = "true or false, yes or no, Y or N, 1 or 0"


def boolean(text: nw.Expr) -> nw.Expr:
    """Return text that is one of the words above, in any case, as Boolean, null where it is none."""
    lower = text.str.to_lowercase()
    is_yes = lower.is_in(_YES)
    return nw.when(is_yes | lower.is_in(_NO)).then(is_yes)
