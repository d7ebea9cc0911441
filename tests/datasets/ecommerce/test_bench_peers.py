"""A benchmark compares like with like: every program in it comes to the same rows, verdicts and gold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devkit.bench.contenders import CONTENDERS
from devkit.bench.large_sample import cut, write_large_sample
from devkit.bench.results import Results, read_results, wrong_verdicts
from devkit.bench.sample_files import answers_of
from devkit.samples.ecommerce import generate
from devkit.samples.ecommerce.faults import COLUMNS
from devkit.samples.ecommerce.generate import AS_OF, STRUCTURAL

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

REFERENCE = "strata-pyarrow"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "sample.json"
    sample = generate(600, fault_rate=0.15, without=STRUCTURAL)
    sample.write_json(path)
    sample.write_answers(path.with_suffix(".answers"))
    return path


def _results(name: str, source: Path) -> Results:
    out = source.with_suffix(f".{name}")
    CONTENDERS[name].load()(source, AS_OF, out)
    return read_results(out)


@pytest.fixture(scope="module")
def reference(source: Path) -> Results:
    return _results(REFERENCE, source)


@pytest.mark.parametrize("name", sorted(CONTENDERS.keys() - {REFERENCE}))
def test_every_contender_comes_to_the_same_result(name: str, source: Path, reference: Results) -> None:
    assert reference.differences(_results(name, source)) == []


@pytest.mark.complete
def test_the_program_on_spark_comes_to_the_same_result(spark: SparkSession, tmp_path: Path) -> None:
    from devkit.bench import spark_peer

    sample = write_large_sample(tmp_path, 300, seed=1)
    cut(sample, tmp_path / "job")
    spark_peer.run(spark, tmp_path / "job", AS_OF, tmp_path / "by-hand")
    assert wrong_verdicts(tmp_path / "by-hand", answers_of(sample)) == []
    assert _results(REFERENCE, sample).differences(read_results(tmp_path / "by-hand")) == []


def test_the_answer_key_notices_a_wrong_verdict(source: Path, reference: Results, tmp_path: Path) -> None:
    answers = source.with_suffix(".answers")
    written = source.with_suffix(f".{REFERENCE}")
    assert wrong_verdicts(written, answers) == []
    other = tmp_path / "other.answers"
    generate(600, seed=2, fault_rate=0.15, without=STRUCTURAL).write_answers(other)
    assert wrong_verdicts(written, other) == list(COLUMNS)


def test_another_value_in_one_cell_is_noticed(source: Path, reference: Results, tmp_path: Path) -> None:
    text = source.read_text("utf-8")
    changed = tmp_path / "changed.json"
    changed.write_text(text.replace('"sex":"female"', '"sex":"other"', 1), "utf-8")
    assert {"silver/user", "gold/dw_users"} >= set(reference.differences(_results(REFERENCE, changed))) != set()
