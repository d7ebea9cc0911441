"""How the pipelines prove to the app who they are: by their identity alone, for the audience that an operator sets."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "adf_pipelines"
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")


def web_activities(place: Any) -> Iterator[dict[str, Any]]:
    if isinstance(place, dict):
        if place.get("type") == "WebActivity":
            yield place
        place = list(place.values())
    if isinstance(place, list):
        for part in place:
            yield from web_activities(part)


CALLS = [
    (f"{path.stem}.{activity['name']}", activity["typeProperties"])
    for path in sorted(FOLDER.glob("pipeline/*.json"))
    for activity in web_activities(json.loads(path.read_text("utf-8")))
]


def test_the_pipelines_call_the_app():
    assert len(CALLS) > 10


@pytest.mark.parametrize(("name", "call"), CALLS, ids=[name for name, _ in CALLS])
def test_every_call_of_the_app_carries_the_identity_for_the_audience_that_is_set(name: str, call: dict[str, Any]):
    audience = {"value": "@pipeline().globalParameters.appAudience", "type": "Expression"}
    assert "globalParameters.appUrl" in call["url"]["value"]
    assert call["authentication"] == {"type": "MSI", "resource": audience}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("globalParameters/*.json")), ids=lambda path: path.stem)
def test_every_environment_has_the_audience(path: Path):
    assert json.loads(path.read_text("utf-8"))["appAudience"]["type"] == "string"


def test_the_operator_is_told_to_set_the_audience_on_both_sides():
    told = OPERATIONS.partition("\n### How Data Factory proves who it is\n")[2].partition("\n## ")[0]
    for name in (
        *("`appAudience`", "`STRATA_IDENTITY_AUDIENCES`", "`STRATA_IDENTITY_TENANT_ID`"),
        *("`STRATA_PIPELINE_IDENTITIES`", "`STRATA_IDENTITY_AUTHORITY`"),
    ):
        assert name in told
