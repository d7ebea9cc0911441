"""The whole of Strata on this machine: Azurite as the storage, the local host of the function app, and its events."""

from __future__ import annotations

import json
import os
import secrets
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx

from devkit.azurite.server import Azurite
from devkit.data_folder import DataFolder
from devkit.errors import LocalSystemError
from devkit.landing import LandingPoller
from devkit.processes import ChildProcess, free_ports, listens
from shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
_READY_SECONDS = 120
_STOP_SECONDS = 20
_LOOPBACK = "127.0.0.1,localhost"


class LocalSystem:
    """A local system on a data folder of its own; a second one on another folder does not disturb it.

    Use it as a context manager, or call :meth:`start` and :meth:`stop`. Starting it again on the same folder finds
    all data, while the API token is a new one each time.
    """

    def __init__(
        self, data_dir: Path, settings: Mapping[str, str] | None = None, *, with_pipelines: bool = False
    ) -> None:
        """Prepare a system on ``data_dir``; ``settings`` go to the host's environment.

        ``with_pipelines`` makes Data Factory's local stand-in part of it, whose triggers then fire.
        """
        self.folder = DataFolder(data_dir.resolve())
        self.token = secrets.token_urlsafe(32)
        self.pipeline_key = secrets.token_urlsafe(32)
        self._settings = dict(settings or {})
        self._stack = ExitStack()
        self._lock = -1
        self._azurite: Azurite | None = None
        self._host: ChildProcess | None = None
        self._pipelines: ChildProcess | None = None
        self._with_pipelines = with_pipelines
        self._port = 0
        self._pipelines_port = 0

    def __enter__(self) -> Self:
        """Start the system."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the system."""
        self.stop()

    @property
    def base_url(self) -> str:
        """Where the host answers; it stays the same when the host is started again."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def connection_string(self) -> str:
        """The connection string of the storage."""
        return self._running_azurite().connection_string

    @property
    def address(self) -> dict[str, str]:
        """How the running system is reached, as it is announced to commands and to the data factory."""
        return {
            "baseUrl": self.base_url,
            "token": self.token,
            "pipelineKey": self.pipeline_key,
            "storage": self.connection_string,
        }

    @property
    def pipelines_url(self) -> str:
        """Where runs of pipelines are asked for."""
        return f"http://127.0.0.1:{self._pipelines_port}/runs"

    @property
    def host_pid(self) -> int | None:
        """The host's process id, or None while it is not running."""
        return self._host.pid if self._host and self._host.is_running else None

    def start(self) -> None:
        """Start everything and return when the system is healthy.

        Raises :class:`LocalSystemError`, with nothing left running, when a part does not come up.
        """
        try:
            self._lock = self._stack.enter_context(self.folder.in_use())
            key = self.folder.secrets().storage_key
            self._azurite = Azurite(self.folder.storage, key, self.folder.log("azurite"), (self._lock,))
            self._stack.callback(self._azurite.stop)
            self._stack.callback(self._stop_host)
            self.start_host()
            if self._with_pipelines:
                self._stack.callback(self._stop_pipelines)
                self.start_pipelines()
            self._stack.enter_context(
                LandingPoller(self.connection_string, self._landing_container, self.base_url, self.token)
            )
            self._stack.callback(self.folder.forget_address)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything that runs; what was stored stays in the data folder."""
        self._stack.close()

    def start_host(self, settings: Mapping[str, str] | None = None) -> None:
        """Start the host, after :meth:`kill_host` too, and return when it is healthy; ``settings`` are for this start.

        Raises :class:`LocalSystemError` with the end of its log when it does not come up.
        """
        # Chosen late: a port that waits for Azurite's start might be taken by then.
        if not self._port:
            self._port, self._pipelines_port = free_ports(2)
        self._host = ChildProcess(
            "The host",
            [sys.executable, "-m", "devkit.host", "--port", str(self._port)],
            environ={**os.environ, **self._host_settings(), **(settings or {})},
            directory=ROOT,
            log=self.folder.log("host"),
            keep_open=(self._lock,),
        )
        self._host.wait_until(self.is_healthy, _READY_SECONDS)

    def kill_host(self) -> None:
        """End the host as a crash would, by SIGKILL."""
        if self._host:
            self._host.kill()

    @property
    def pipelines_pid(self) -> int | None:
        """The data factory's process id, or None while it is not running."""
        return self._pipelines.pid if self._pipelines and self._pipelines.is_running else None

    def start_pipelines(self) -> None:
        """Start the data factory, after :meth:`kill_pipelines` too, and return when it takes orders.

        Raises :class:`LocalSystemError` with the end of its log when it does not come up.
        """
        self._pipelines = ChildProcess(
            "The data factory",
            [sys.executable, "-m", "devkit.adf", "--port", str(self._pipelines_port), "--data", str(self.folder.path)],
            environ={**os.environ, **self._settings, "STRATA_LOCAL_SYSTEM": json.dumps(self.address)},
            directory=ROOT,
            log=self.folder.log("adf"),
            keep_open=(self._lock,),
        )
        self._pipelines.wait_until(lambda: listens(self._pipelines_port), _READY_SECONDS)

    def kill_pipelines(self) -> None:
        """End the data factory as a crash would, by SIGKILL."""
        if self._pipelines:
            self._pipelines.kill()

    def is_healthy(self) -> bool:
        """Tell whether storage, queues and warehouse all answer."""
        try:
            return httpx.get(f"{self.base_url}/api/health", timeout=10, trust_env=False).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def check_running(self) -> None:
        """Raise :class:`LocalSystemError` with the end of its log when a process has ended by itself."""
        for process in (self._running_azurite().process, self._host, self._pipelines):
            if process and not process.is_running:
                raise process.failure(f"{process.name} has ended unexpectedly")

    @property
    def _landing_container(self) -> str:
        chosen = {**os.environ, **self._settings}.get("STRATA_LANDING_CONTAINER")
        return chosen or Settings.model_fields["landing_container"].default

    def _running_azurite(self) -> Azurite:
        if self._azurite is None:
            raise LocalSystemError("The local system is not started.")
        return self._azurite

    def _stop_host(self) -> None:
        if self._host:
            self._host.stop(_STOP_SECONDS)

    @property
    def _pipeline_settings(self) -> dict[str, str]:
        if not self._with_pipelines:
            return {}
        return {"STRATA_PIPELINES_URL": self.pipelines_url, "STRATA_PIPELINES_KEY": self.pipeline_key}

    def _stop_pipelines(self) -> None:
        if self._pipelines:
            self._pipelines.stop(_STOP_SECONDS)

    def _host_settings(self) -> dict[str, str]:
        no_proxy = ",".join(filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), _LOOPBACK)))
        return {
            "AzureWebJobsStorage": self.connection_string,
            "STRATA_WAREHOUSE_URL": f"duckdb:///{self.folder.warehouse}",
            "STRATA_API_TOKEN": self.token,
            "STRATA_TOKEN_KEY": self.folder.secrets().token_key,
            "STRATA_PIPELINE_KEY": self.pipeline_key,
            **self._pipeline_settings,
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
            **self._settings,
        }
