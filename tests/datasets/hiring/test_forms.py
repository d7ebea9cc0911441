"""The form in which rows are written says nothing of them."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frames.engine import get_engine
from shared.medallion.bronze import SourceFile
from tests.datasets.hiring.copies import HEADERS
from tests.outcome import Outcome, outcome

TABLE = "hired_employees"

CELLS = st.one_of(
    st.sampled_from(["1", "2.0", "", " ", "2021-05-30T05:43:46Z", "Ann, Lee", '"no"', "a;b\tc", "line\nbreak", "é"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff"), max_size=6),
)
ROWS = st.lists(st.tuples(st.just("1"), CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=8)


@settings(max_examples=10, deadline=None)
@given(ROWS)
def test_the_same_rows_say_the_same_however_their_file_is_written(rows):
    plain = judged(rows, lineterminator="\n")
    for how in ({"delimiter": ";"}, {"delimiter": "\t"}, {"quoting": csv.QUOTE_ALL}, {"lineterminator": "\r\n"}):
        assert judged(rows, **{"lineterminator": "\n", **how}) == plain


def judged(rows: list[tuple[str, ...]], **how) -> list[tuple]:
    """Return what becomes of rows in a file with a header, row by row in their order."""
    text = io.StringIO()
    csv.writer(text, **how).writerows([HEADERS[TABLE], *rows])
    file = SourceFile("hires.csv", text.getvalue().encode(), TABLE)
    result: Outcome = outcome("hiring", get_engine("pyarrow"), file)
    verdicts = sorted(result.verdicts[TABLE].to_pylist(), key=lambda row: (row["_row_no"], row["column"], row["rule"]))
    return [tuple(row[name] for name in ("outcome", "column", "rule", "value", "also")) for row in verdicts]
