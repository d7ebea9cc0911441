"""What stands for pipelines where a deployment names none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping


class NoPipelines:
    """A :class:`~shared.ports.PipelineClient` that can start none, and says why."""

    def __init__(self, reason: str, advice: str) -> None:
        self._reason = reason
        self._advice = advice

    def start(self, pipeline: str, parameters: Mapping[str, Any]) -> str:
        """Raise :class:`UnavailableError`."""
        raise UnavailableError(self._reason, code="pipelines_unavailable", advice=self._advice, service="pipelines")
