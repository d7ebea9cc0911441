"""The local data factory at work: small jobs and exports reach the analytical warehouse by themselves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from devkit.samples.claims import generate as generate_claims
from devkit.samples.ecommerce import generate as generate_orders
from devkit.system import LocalSystem
from shared.domain.job import FINAL_STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A system as 'make up' runs it, whose schedule fires every second."""
    settings = {"STRATA_TRIGGER_SECONDS": "EveryTenMinutes=1"}
    with LocalSystem(tmp_path_factory.mktemp("piped"), settings, with_pipelines=True) as system:
        headers = {"Authorization": f"Bearer {system.token}"}
        with httpx.Client(base_url=system.base_url, headers=headers, timeout=60, trust_env=False) as client:
            yield client


def until(found: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE_SECONDS
    while not (result := found()):
        assert time.monotonic() < end, "not in time"
        time.sleep(0.3)
    return result


def finished(http: httpx.Client, dataset: str, file: tuple[str, bytes]) -> str:
    job: str = http.post("/api/jobs", params={"dataset": dataset}, files={"file": file}).json()["jobId"]
    until(lambda: http.get(f"/api/jobs/{job}").json()["state"] in FINAL_STATES)
    return job


def asked(http: httpx.Client, sql: str) -> list[dict[str, Any]]:
    response = http.post("/admin/warehouse/script", json={"text": sql})
    return response.json()["resultSets"][0]["rows"] if response.is_success else []


def test_a_small_job_is_in_the_analytical_warehouse_soon_after(http: httpx.Client) -> None:
    job = finished(http, "ecommerce", ("orders.json", msgspec.json.encode(generate_orders(50, 3, 0.2).records)))

    until(lambda: any("Synapse" in (each["note"] or "") for each in http.get(f"/api/jobs/{job}").json()["timeline"]))

    tables = {each["name"]: each["rows"] for each in http.get("/api/tables").json() if each["kind"] == "table"}
    (counted,) = asked(http, "SELECT count(*) AS n, min(_job_id) AS job FROM dw_orders")
    assert counted == {"n": tables["dw_orders"], "job": job}


def test_exports_are_taken_up_as_they_come(http: httpx.Client) -> None:
    finished(http, "claims", ("report.html", generate_claims(20, 4, 0).page))

    assert until(lambda: asked(http, "SELECT count(*) AS n FROM CleanedClaims")) == [{"n": 20}]
