import io

import pytest

from shared.contracts.table import Table
from shared.readers.archives import unpacked
from shared.readers.sent_rows import SentRows, sent_rows
from tests.reading import contract_of

TABLE = contract_of("id", "name").tables[0]


def rows_of(text: str, table: Table = TABLE) -> SentRows:
    return sent_rows(next(unpacked(io.BytesIO(text.encode()), "rows.csv")), table)


def marked(column: str, pii: str) -> Table:
    columns = {**TABLE.columns, column: TABLE.columns[column].model_copy(update={"pii": pii})}
    return TABLE.model_copy(update={"columns": columns})


def test_cells_have_the_names_above_them_and_rows_their_lines():
    sent = rows_of("id,name,=more\n1,Ann,x\n\n2,,=1+1\n")
    assert list(sent.rows) == [
        (2, {"id": "1", "name": "Ann", "=more": "x"}),
        (4, {"id": "2", "name": "", "=more": "=1+1"}),
    ]
    assert sent.identifiers == frozenset()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("id,name,,more,more\n1,Ann,a,b,c\n", [{"id": "1", "name": "Ann", "3": "a", "more": "b", "more (5)": "c"}]),
        ("id,name\n1,Ann,x\n2\n", [{"id": "1", "name": "Ann", "3": "x"}, {"id": "2"}]),
        ('id,name\n"a"b,c\n3,Bo\n', [{}, {"id": "3", "name": "Bo"}]),
        ("1,Ann\n2,Bo\n", [{"id": "1", "name": "Ann"}, {"id": "2", "name": "Bo"}]),
    ],
)
def test_every_cell_has_a_name_of_its_own(text: str, rows: list[dict[str, str]]):
    assert [row for _, row in rows_of(text).rows] == rows


def test_identifiers_are_named_and_secrets_left_out():
    assert rows_of("Name,id\nAnn,1\n", marked("name", "identifier")).identifiers == {"Name"}
    sent = rows_of("Name,id\nAnn,1\n", marked("name", "secret"))
    assert list(sent.rows) == [(2, {"id": "1"})]
