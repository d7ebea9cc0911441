"""Names of the columns that stand beside a contract's own while a table is evaluated."""

from __future__ import annotations

#: Whether a row fails by itself, by one of its own cells.
FAILS = "_fails"
#: The place in the job of the row that is kept instead of this one; null where the row is no duplicate.
KEPT = "_kept"
#: Which of the table's references, the first for which a row is rejected, names nothing, by number; null where all do.
ORPHAN = "_orphan"

#: What a row's verdict is.
OUTCOME, COLUMN, RULE, MESSAGE = "_outcome", "_column", "_rule", "_message"


def typed(column: str) -> str:
    """Return the name under which a column's value stands in its type."""
    return f"{column}__typed"


def delivered(column: str) -> str:
    """Return the name under which a column's text stands as it was delivered."""
    return f"{column}__delivered"


def normalised(column: str) -> str:
    """Return the name under which a column's normal form stands."""
    return f"{column}__normalised"


def flag(number: int) -> str:
    """Return the name under which it stands whether a row fails the check of that number."""
    return f"_fails_{number}"


def dangling(number: int) -> str:
    """Return the name under which it stands whether the table's reference of that number names no accepted row."""
    return f"_dangling_{number}"


def seen(look: str) -> str:
    """Return the name under which it stands whether a joint look found something in a row."""
    return f"_seen_{look}"
