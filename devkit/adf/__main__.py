"""``python -m devkit.adf``: the data factory of a local system. ``STRATA_LOCAL_SYSTEM`` says how to reach the rest."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from devkit.adf.errors import AdfError
from devkit.adf.factory import Factory, load_factory
from devkit.adf.local.place import PIPELINES, place_of
from devkit.adf.local.services import Services
from devkit.adf.runner import Runner
from devkit.adf.service import DataFactoryService
from devkit.adf.settings import trigger_seconds
from devkit.adf.triggers import triggers_of
from devkit.data_folder import DataFolder
from shared.logs import JsonFormatter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devkit.adf.local.place import Place

_ADDRESS = "127.0.0.1"


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; returns 0 after a stop, 2 when the definitions cannot be run."""
    parser = argparse.ArgumentParser(prog="python -m devkit.adf", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help=f"the port on {_ADDRESS} (default: a free one)")
    parser.add_argument("--data", type=Path, required=True, help="the data folder of the local system")
    options = parser.parse_args(arguments)
    _configure_logging()
    try:
        place = place_of(DataFolder(options.data), json.loads(os.environ.get("STRATA_LOCAL_SYSTEM", "{}")))
        factory = load_factory(PIPELINES)
        listening = socket.create_server((_ADDRESS, options.port))
        asyncio.run(_serve(factory, place, trigger_seconds(os.environ), listening))
    except (AdfError, OSError) as error:
        print(f"The data factory cannot start. {error}", file=sys.stderr)
        return 2
    return 0


async def _serve(factory: Factory, place: Place, seconds: Mapping[str, float], listening: socket.socket) -> None:
    services = Services(place)
    runner = Runner(factory, services, factory.global_parameters("local") | {"appUrl": place.base_url})
    triggers = triggers_of(runner, seconds, place.folder / "triggers")
    try:
        await DataFactoryService(runner, triggers, place.pipeline_key).serve(listening)
    finally:
        await services.close()


def _configure_logging() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("devkit.adf").setLevel(logging.INFO)


if __name__ == "__main__":
    sys.exit(main())
