"""Which kinds of file a table takes, and what is said of those it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import UnreadableFileError
from shared.readers.sniff import Kind

if TYPE_CHECKING:
    from shared.contracts.model import Contract
    from shared.contracts.table import Table
    from shared.readers.archives import Part

_KINDS = {"csv": Kind.DELIMITED, "xlsx": Kind.WORKBOOK, "json": Kind.JSON, "html": Kind.MARKUP}


def is_own(contract: Contract, part: Part) -> bool:
    """Tell whether a file is of a kind that its dataset reads by itself."""
    return part.kind in {_KINDS[name] for name in contract.own}


def taken_by(contract: Contract, table: Table | None, part: Part) -> Kind:
    """Return what a file is; ``table`` is the one that it feeds, None where it feeds all of its dataset.

    Raises :class:`UnreadableFileError` when the file is empty or of a kind that is not taken.
    """
    if part.kind is Kind.EMPTY:
        raise UnreadableFileError(f"{part.filename} is empty.", code="empty_file", file=part.filename)
    own = [_KINDS[name] for name in contract.own]
    kinds = [_KINDS[name] for name in table.source.formats] if table else [Kind.JSON]
    if part.kind not in own + kinds:
        words = " or ".join("a web page (HTML)" if kind is Kind.MARKUP else kind.value for kind in own + kinds)
        raise UnreadableFileError(
            f"{part.filename} is {part.kind.value}; {table.name if table else contract.dataset} takes {words}.",
            code="not_json" if own + kinds == [Kind.JSON] else "wrong_format",
            advice=_advice(part.kind, words),
            file=part.filename,
        )
    return part.kind


def _advice(kind: Kind, words: str) -> str:
    if kind is Kind.OLE:
        return "Open it in Excel, save it as .xlsx without a password, and upload that."
    return f"Save or export the data as {words} and upload that."
