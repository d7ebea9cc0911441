"""Constants that take the column type of the frame they stand in.

A bare literal becomes a NumPy column in pandas, where null turns into NaN and integers into floats; derived from a
column that is there, it is Arrow-backed like everything else. ``beside`` is any column of the right kind.
"""

from __future__ import annotations

import narwhals as nw


def number(value: int, beside: nw.Expr) -> nw.Expr:
    """Return an Int64 constant; ``beside`` is an Int64 column without nulls."""
    return beside * 0 + value


def word(value: str, beside: nw.Expr) -> nw.Expr:
    """Return a text constant; ``beside`` is a text column without nulls."""
    return nw.concat_str(nw.lit(value), beside.str.slice(0, 0))


def nothing(like: nw.Expr) -> nw.Expr:
    """Return a column of nulls of the type of ``like``."""
    return nw.when(like.is_null()).then(like)
