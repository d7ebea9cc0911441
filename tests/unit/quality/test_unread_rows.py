"""Rows of which no cell could be read: each is rejected with its reason alone, and the others go on."""

from datetime import UTC, datetime

import pytest

from shared.frames.engine import get_engine
from shared.medallion import bronze, silver
from shared.medallion.context import RunContext
from tests.reading import contract_of

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
CONTEXT = RunContext("job", "run", "user", NOW, NOW, b"key")
CONTRACT = contract_of("id", "name", "city", name={"required": True}, city={"type": "integer"})


@pytest.mark.parametrize("engine", ["pandas", "pyarrow"])
def test_a_ragged_row_says_how_many_cells_were_expected_and_a_misplaced_mark_that_it_is_one(engine):
    data = b'id,name,city\n1,Ann,7\n2,Bo\n3,"Cy"x,9\n4,Di,8,9\n5,,6\n6,Ed,6\n'
    engine = get_engine(engine)
    read = bronze.read(CONTRACT, [bronze.SourceFile("people.csv", data, "thing")])
    frames = {name: engine.from_arrow(table) for name, table in read.items()}
    result = silver.refine(CONTRACT, frames, ["people.csv"], CONTEXT, engine)
    accepted, verdicts = (engine.to_arrow(part["thing"]).to_pylist() for part in (result.frames, result.verdicts))
    assert [row["id"] for row in accepted] == ["1", "6"]
    told = {row["_row_no"]: (row["rule"], row["value"], row["also"], row["message"]) for row in verdicts}
    cells = "The row does not have one cell for each column: expected 3 cells, found"
    misplaced = "A quotation mark closes within a cell of the row, so its cells cannot be told apart."
    assert told == {
        3: ("ragged", None, "id:ragged,", f"{cells} 2."),
        4: ("quote", None, "id:quote,", misplaced),
        5: ("ragged", None, "id:ragged,", f"{cells} 4."),
        6: ("required", "", "name:required,", "name is missing."),
    }
    assert result.ledger["thing"].quarantined == 4
