"""The rows in a request's body."""

import pytest

from shared.errors import InvalidRequestError
from shared.readers.json_rows import row_array


@pytest.mark.parametrize(
    ("body", "array", "rows"),
    [
        (b'[{"id": 1}, {"id": 2.0}]', b'[{"id": 1}, {"id": 2.0}]', 2),
        (b' {"rows": [{"id": 1}, 5] }\n', b'[{"id": 1}, 5]', 2),
        (b'\xef\xbb\xbf[{"id": 1}]', b'[{"id": 1}]', 1),
        (b"[]", b"[]", 0),
    ],
)
def test_rows_come_as_an_array_or_under_their_name_and_stay_as_they_were_written(body, array, rows):
    assert row_array(body) == (array, rows)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"[{]", "malformed_json"),
        (b'{"rows": [1, 2}', "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b'{"id": 1}', "no_rows"),
        (b'{"rows": [], "more": 1}', "no_rows"),
        (b'{"rows": {"id": 1}}', "no_rows"),
        (b'"text"', "no_rows"),
    ],
)
def test_anything_else_is_refused_with_advice(body, code):
    with pytest.raises(InvalidRequestError) as refused:
        row_array(body)
    assert refused.value.code == code
    assert '{"rows": [...]}' in refused.value.advice
