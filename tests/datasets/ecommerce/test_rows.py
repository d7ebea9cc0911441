"""Laws that hold whatever is sent."""

import json

import narwhals as nw
from hypothesis import HealthCheck, given, settings

from shared.datasets.catalogue import load_dataset
from shared.frames.engine import get_engine
from shared.medallion import bronze
from shared.quality.checks import joint_look_of, joint_looks, row_checks
from shared.quality.prepare import with_clean_text
from tests.dirt import dirty_records
from tests.outcome import AS_OF, outcome

CONTRACT = load_dataset("ecommerce").contract
few = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@few
@given(dirty_records(CONTRACT, most=12))
def test_a_joint_look_at_a_row_sees_exactly_what_the_checks_it_stands_for_would_see(records):
    engine = get_engine("pyarrow")
    rows = bronze.read(CONTRACT, [bronze.SourceFile("a.json", json.dumps(records).encode())])
    for table in CONTRACT.tables:
        frame = with_clean_text(engine.from_arrow(rows[table.name]), table)
        for name, look in joint_looks(table).items():
            stood_for = [check for check in row_checks(table, AS_OF) if joint_look_of(check) == name]
            each = nw.any_horizontal(*(check.failed for check in stood_for), ignore_nulls=True)
            seen = engine.to_arrow(frame.select(look.fill_null(value=False).alias("jointly"), each.alias("alone")))
            assert seen["jointly"].to_pylist() == seen["alone"].to_pylist()


def test_references_and_keys_are_unique_among_accepted_rows():
    records = [{"category": {"id": "c", "name": "n", "description": "d", "create_time": time}} for time in
               ("2026-01-01", "2026-01-03", "2026-01-03", "2026-01-02")]  # fmt: skip
    result = outcome("ecommerce", get_engine("pyarrow"), json.dumps(records).encode())
    assert result.silver["category"]["_row_no"].to_pylist() == [2]
    repeats = [
        (row["_row_no"], row["outcome"], row["repeats_row_no"]) for row in result.verdicts["category"].to_pylist()
    ]
    assert repeats == [(1, "duplicate", 2), (3, "duplicate", 2), (4, "duplicate", 2)]
