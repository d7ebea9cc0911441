"""What 'strata new-dataset' writes and what it refuses; that it passes its tests is shown where those can run."""

from __future__ import annotations

from string import Template

import pytest

from devkit.cli.commands.new_dataset import _TEMPLATES
from shared.contracts.load import load_contract
from shared.datasets.named_sql import parse_sql


@pytest.fixture
def checkout(strata, tmp_path):
    """What a checkout is known by, with a dataset and a module beside it."""
    (tmp_path / "function_app.py").touch()
    for folder in ("shared/datasets/hiring", "tests/datasets/left_over"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "shared/datasets/catalogue.py").touch()
    return tmp_path


def written(checkout) -> set[str]:
    return {path.relative_to(checkout).as_posix() for path in checkout.rglob("visits/*")}


PLAIN = {
    *(
        "shared/datasets/visits/__init__.py",
        "shared/datasets/visits/dataset.yaml",
        "shared/datasets/visits/queries.sql",
    ),
    *(
        "tests/datasets/visits/files.py",
        "tests/datasets/visits/test_silver.py",
        "tests/datasets/visits/test_queries.py",
    ),
}
OF_GOLD = {"shared/datasets/visits/gold.py", "tests/datasets/visits/test_gold.py"}


def test_a_dataset_is_a_contract_queries_and_tests(checkout, strata):
    result = strata("new-dataset", "visits")
    assert written(checkout) == PLAIN
    assert set(result.stdout.splitlines()) >= PLAIN
    contract = load_contract((checkout / "shared/datasets/visits/dataset.yaml").read_text("utf-8"))
    assert contract.dataset == "visits"
    assert contract.publishes_silver
    assert "pytest tests/datasets/visits" in result.stdout


def test_gold_tables_come_when_they_are_asked_for(checkout, strata):
    assert strata("new-dataset", "visits", "--gold").exit_code == 0
    assert written(checkout) == PLAIN | OF_GOLD
    contract = load_contract((checkout / "shared/datasets/visits/dataset.yaml").read_text("utf-8"))
    assert contract.gold == ("visits_facts", "visits_totals")
    _, (query,) = parse_sql((checkout / "shared/datasets/visits/queries.sql").read_text("utf-8"), "visits")
    assert "visits_totals" in query.sql


def test_it_works_from_any_folder_of_the_checkout(checkout, strata, monkeypatch):
    monkeypatch.chdir(checkout / "tests/datasets")
    strata("new-dataset", "visits")
    assert written(checkout) == PLAIN


@pytest.mark.parametrize("name", ["Visits", "1st", "a-b", "_a", "ü", "a" * 41, "a/b", "", "class"])
def test_a_name_that_no_dataset_can_have_is_refused(name, checkout, strata):
    before = set(checkout.rglob("*"))
    result = strata("new-dataset", name)
    assert result.exit_code == 1
    assert "Error: " in result.stderr
    assert set(checkout.rglob("*")) == before


@pytest.mark.parametrize("name", ["hiring", "left_over", "catalogue"])
def test_what_exists_is_left_alone(name, checkout, strata):
    before = set(checkout.rglob("*"))
    result = strata("new-dataset", name)
    assert (result.exit_code, "exists already" in result.stderr) == (1, True)
    assert set(checkout.rglob("*")) == before


def test_outside_of_a_checkout_nothing_is_written(strata, tmp_path):
    result = strata("new-dataset", "visits")
    assert (result.exit_code, "in no checkout of Strata" in result.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("template", [path.name for path in _TEMPLATES.iterdir()])
def test_a_template_holds_no_placeholder_but_the_name(template):
    text = (_TEMPLATES / template).read_text("utf-8")
    assert set(Template(text).get_identifiers()) <= {"dataset"}
