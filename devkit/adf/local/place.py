"""Where the local system is that pipelines run against."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devkit.adf.errors import AdfError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devkit.data_folder import DataFolder

#: The definitions of this checkout.
PIPELINES = Path(__file__).resolve().parents[3] / "adf_pipelines"
_NEEDED = ("baseUrl", "token", "storage")


@dataclass(frozen=True, slots=True)
class Place:
    """How the local system is reached, and the folders that runs use.

    ``key`` is what the host asks for, ``pipeline_key`` what its API takes from pipelines; ``environ`` is for notebooks.
    """

    base_url: str
    key: str
    pipeline_key: str
    connection_string: str
    notebooks: Path
    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)


def place_of(folder: DataFolder, address: Mapping[str, Any]) -> Place:
    """Return the place that a running system says of itself; raises :class:`AdfError` when it says too little."""
    if missing := [name for name in _NEEDED if not address.get(name)]:
        raise AdfError(f"The local system does not say its {', '.join(missing)}; start it again with 'make up'.")
    return Place(
        base_url=address["baseUrl"],
        key=address["token"],
        pipeline_key=address.get("pipelineKey") or address["token"],
        connection_string=address["storage"],
        notebooks=PIPELINES / "notebooks",
        folder=folder.path / "adf",
        environ={"STRATA_TOKEN_KEY": folder.secrets().token_key},
    )
