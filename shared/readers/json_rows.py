"""The rows of a table as a client writes them into a request: an array of them, alone or under the name ``rows``."""

from __future__ import annotations

import msgspec

from shared.errors import InvalidRequestError
from shared.readers.json_layout import BYTE_ORDER_MARK

_ADVICE = 'Send a JSON array of objects, or {"rows": [...]}.'


class _Named(msgspec.Struct, forbid_unknown_fields=True):
    rows: msgspec.Raw


def row_array(body: bytes) -> tuple[bytes, int]:
    """Return the array of rows that a request's body holds, as it was written, and how many rows there are.

    Raises :class:`InvalidRequestError` when the body is no JSON or holds no such array; what a row is made of is not
    looked at.
    """
    array = body.removeprefix(BYTE_ORDER_MARK).strip()
    try:
        if array.startswith(b"{"):
            array = bytes(msgspec.json.decode(array, type=_Named).rows)
        return array, len(msgspec.json.decode(array, type=list[msgspec.Raw]))
    except msgspec.ValidationError as error:
        raise InvalidRequestError("The body holds no array of rows.", code="no_rows", advice=_ADVICE) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidRequestError("The body is not valid JSON.", code="malformed_json", advice=_ADVICE) from error
