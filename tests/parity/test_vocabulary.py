import pyarrow as pa
import pytest

from shared.frames.engine import SparkEngine
from tests.frame_cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_text_becomes_on_spark_what_it_becomes_elsewhere(case: Case, spark_engine: SparkEngine):
    raw = [raw for raw, _ in case.table]
    frame = spark_engine.from_arrow(pa.table({"raw": pa.array(raw, pa.string())}))
    made = spark_engine.to_arrow(frame.select("raw", case.expression.alias("made"))).to_pylist()
    assert {row["raw"]: row["made"] for row in made} == dict(case.table)
