"""Runs that are asked for by HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx

from devkit.adf.local.services import Services
from devkit.adf.runner import Runner
from devkit.adf.service import DataFactoryService
from tests.factories import Folder, JumpingLoop, now, wait

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from devkit.adf.local.place import Place

KEY = {"x-functions-key": "secret"}


def ask(folder: Folder, place: Place, work: Callable[[httpx.AsyncClient], Coroutine[Any, Any, None]]) -> None:
    folder.add(
        "pipeline", "Main", activities=[wait("A", "@pipeline().parameters.n")], parameters={"n": {"type": "int"}}
    )

    async def main() -> None:
        services = Services(place)
        runner = Runner(folder.load(), services, {}, now)
        app = DataFactoryService(runner, [], "secret").app()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://adf", headers=KEY) as http:
            await work(http)
        await runner.close()
        await services.close()

    with asyncio.Runner(loop_factory=JumpingLoop) as loop:
        loop.run(main())


def test_a_run_is_started_and_followed(folder: Folder, place: Place) -> None:
    async def work(http: httpx.AsyncClient) -> None:
        started = await http.post("/runs", json={"pipeline": "Main", "parameters": {"n": 5}})
        assert started.status_code == 202
        address = f"/runs/{started.json()['runId']}"
        await asyncio.sleep(1)
        assert (await http.get(address)).json()["status"] == "InProgress"
        await asyncio.sleep(10)
        shown = (await http.get(address)).json()
        assert (shown["status"], shown["seconds"], shown["activities"][0]["status"]) == ("Succeeded", 5, "Succeeded")

    ask(folder, place, work)


def test_a_run_is_cancelled(folder: Folder, place: Place) -> None:
    async def work(http: httpx.AsyncClient) -> None:
        started = await http.post("/runs", json={"pipeline": "Main", "parameters": {"n": 5000}})
        shown = (await http.post(f"/runs/{started.json()['runId']}/cancel")).json()
        assert shown["status"] == "Cancelled"

    ask(folder, place, work)


def test_what_cannot_be_started_says_why(folder: Folder, place: Place) -> None:
    async def work(http: httpx.AsyncClient) -> None:
        unknown = await http.post("/runs", json={"pipeline": "Mian"})
        assert (unknown.status_code, unknown.text) == (422, "There is no pipeline 'Mian' (did you mean 'Main'?).")
        assert (await http.post("/runs", json=[])).status_code == 400
        assert (await http.get("/runs/none")).status_code == 404

    ask(folder, place, work)


def test_a_key_is_needed(folder: Folder, place: Place) -> None:
    async def work(http: httpx.AsyncClient) -> None:
        for method, path in (("POST", "/runs"), ("GET", "/runs/x"), ("POST", "/runs/x/cancel")):
            answer = await http.request(method, path, headers={"x-functions-key": "other"})
            assert answer.status_code == 401

    ask(folder, place, work)
