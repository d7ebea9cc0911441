"""Runs notebooks in processes of their own, with the files they name brought here and what they write taken back."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from devkit.adf.errors import ActivityError
from devkit.adf.local.scratch import remove_abandoned, scratch
from devkit.adf.local.spark import OwnSpark
from devkit.adf.local.staging import Stage
from devkit.processes import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devkit.adf.local.place import Place
    from devkit.adf.local.spark import Spark
    from devkit.adf.local.storage import Storage

_ROOT = Path(__file__).resolve().parents[3]
_GRACE_SECONDS = 10
#: How many notebooks run at a time, as the nodes of a cluster would limit them.
_DEFAULT_PLACES = "1"


@dataclass(frozen=True, slots=True)
class Returned:
    """What a notebook gave to ``dbutils.notebook.exit``, None without it; and the file with all it printed."""

    value: str | None
    log: Path


class Notebooks:
    """The notebooks of a folder."""

    def __init__(self, place: Place, storage: Storage, spark: Spark | None = None) -> None:
        """Prepare to run the notebooks of a place, on a Spark of this machine unless another is named."""
        self._place = place
        self._storage = storage
        self._spark = spark or OwnSpark()
        self._turns = asyncio.Semaphore(int(place.environ.get("STRATA_SPARK_NOTEBOOKS") or _DEFAULT_PLACES))

    async def run(self, path: str, widgets: Mapping[str, str], run_id: str) -> Returned:
        """Run the notebook that the last part of ``path`` names; raises :class:`ActivityError` when it fails."""
        name = PurePosixPath(path).name
        notebook = self._place.notebooks / f"{name}.py"
        if not notebook.is_file():
            raise ActivityError(f"There is no notebook {path}: {notebook} does not exist.", "NotebookNotFound")
        await asyncio.to_thread(self._spark.require)
        async with self._turns:
            root = self._place.folder / "notebooks"
            folder = root / run_id
            files = self._spark.files(folder)
            await asyncio.to_thread(remove_abandoned, root)
            # What is left of a try is its log.
            async with scratch(folder, [files, folder / "spark", folder / "spark-warehouse"]):
                stage = Stage(files, self._storage)
                staged = await stage.bring(widgets)
                returned = await self._run(notebook, staged, folder)
                await stage.take_back()
            return returned

    async def _run(self, notebook: Path, widgets: Mapping[str, str], folder: Path) -> Returned:
        given, result, log = folder / "widgets.json", folder / "result.json", folder / "notebook.log"
        given.write_text(json.dumps(dict(widgets)), encoding="utf-8")
        result.unlink(missing_ok=True)
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *self._spark.command([notebook, given, result], folder),
                cwd=folder,
                env={**os.environ, **self._place.environ, **self._spark.environ, "PYTHONPATH": str(_ROOT)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent(),
            )
        try:
            code = await process.wait()
        finally:
            await _end(process)
        content = json.loads(result.read_text(encoding="utf-8")) if result.exists() else {}
        if code != 0:
            reason = content.get("error") or f"It ended with code {code}."
            raise ActivityError(f"{notebook.name} failed. {reason} All it printed is in {log}.", "NotebookFailed")
        return Returned(content.get("value"), log)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a process and all it has started: politely at first, since Spark has files to clear away."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(process.wait()), _GRACE_SECONDS)
    # Java outlives a Python that was killed by some moments, and would write on where the next try works.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
