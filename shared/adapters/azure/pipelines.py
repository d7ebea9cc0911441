"""Starts pipelines: of a Data Factory, by the app's own identity, or of the local runner that stands in for one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from azure.core import PipelineClient
from azure.core.exceptions import AzureError, DecodeError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RetryPolicy
from azure.core.rest import HttpRequest

from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.core.credentials import TokenCredential

_MANAGEMENT = "https://management.azure.com"
_VERSION = {"api-version": "2018-06-01"}
_TIMEOUTS: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 30}
_ERRORS = 400


@dataclass(frozen=True)
class DataFactoryPipelines:
    """A :class:`~shared.ports.PipelineClient` for the factory with this resource id (``/subscriptions/…``)."""

    factory: str
    credential: TokenCredential
    management: str = _MANAGEMENT

    def start(self, pipeline: str, parameters: Mapping[str, Any]) -> str:
        """Start a pipeline and return the id of its run."""
        path = f"{self.management}{self.factory}/pipelines/{pipeline}/createRun"
        request = HttpRequest("POST", path, params=_VERSION, json=dict(parameters))
        return _run_id(self._client, request, enforce_https=self.management == _MANAGEMENT)

    @cached_property
    def _client(self) -> PipelineClient[Any, Any]:
        sign_in = BearerTokenCredentialPolicy(self.credential, f"{_MANAGEMENT}/.default")
        return PipelineClient(self.management, policies=[RetryPolicy(retry_total=2), sign_in])


@dataclass(frozen=True)
class LocalPipelines:
    """A :class:`~shared.ports.PipelineClient` for the local runner at an address, which wants a key."""

    address: str
    key: str

    def start(self, pipeline: str, parameters: Mapping[str, Any]) -> str:
        """Start a pipeline and return the id of its run."""
        body = {"pipeline": pipeline, "parameters": dict(parameters)}
        headers = {"x-functions-key": self.key}
        return _run_id(self._client, HttpRequest("POST", self.address, headers=headers, json=body))

    @cached_property
    def _client(self) -> PipelineClient[Any, Any]:
        return PipelineClient(self.address, policies=[RetryPolicy(retry_total=0)])


def data_factory(factory: str, client_id: str | None) -> DataFactoryPipelines:
    """Return the pipelines of a factory, started by the app's own identity."""
    # Slow to import, and not needed locally.
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415

    return DataFactoryPipelines(factory, DefaultAzureCredential(managed_identity_client_id=client_id))


def _run_id(client: PipelineClient[Any, Any], request: HttpRequest, **options: Any) -> str:
    """Send a request and return the run's id that is answered; raises :class:`UnavailableError`."""
    try:
        answer = client.send_request(request, **_TIMEOUTS, **options)
        if answer.status_code >= _ERRORS:
            raise _unavailable(f"answers {answer.status_code}")
        return str(answer.json()["runId"])
    except (AzureError, DecodeError, ValueError, KeyError, TypeError) as error:
        raise _unavailable(f"does not answer as it should ({type(error).__name__})") from error


def _unavailable(what: str) -> UnavailableError:
    return UnavailableError(
        f"What runs the pipelines {what}.",
        code="pipelines_unavailable",
        advice="Try again later; the job is taken up at the next time the pipeline is due in any case.",
        service="pipelines",
    )
