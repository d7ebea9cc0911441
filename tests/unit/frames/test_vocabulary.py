import pyarrow as pa
import pytest

from shared.frames.engine import Engine
from tests.frame_cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_text_becomes_what_the_table_says(case: Case, engine: Engine):
    raw = [raw for raw, _ in case.table]
    frame = engine.from_arrow(pa.table({"raw": pa.array(raw, pa.string())}))
    made = engine.to_arrow(frame.select(case.expression.alias("made"))).column("made").to_pylist()
    assert dict(zip(raw, made, strict=True)) == dict(case.table)
