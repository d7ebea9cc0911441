"""A data factory's runner, or a notebook, killed amid a large job: it is taken up again and comes to the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from devkit.java import suitable_java
from devkit.system import LocalSystem
from tests.large_system import (
    QUIET,
    SPARK,
    LargeSystem,
    assert_gone,
    assert_same_left,
    notebook_at_work,
    processes_in,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psutil

    from tests.large_system import Left

pytestmark = [
    pytest.mark.complete,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not suitable_java(), reason="Spark needs Java 17 or newer"),
]

DEPARTMENTS = {"departments.json": b'[{"id": 1, "department": "Sales"}, {"id": "2.0", "department": "Law"}, {"id": 3}]'}
APPOINTMENTS = Path(__file__).parents[1] / "datasets" / "appointments" / "data"
FIRST, SECOND = "bronze_to_silver", "silver_to_gold"


class Killed:
    """A system whose jobs are all large, after it has brought the same files to their end by the small path.

    ``claim_seconds`` is how long a job belongs to a runner of which nothing is heard.
    """

    def __init__(self, system: LargeSystem, dataset: str, files: dict[str, bytes], claim_seconds: int) -> None:
        self.system, self._dataset, self._files = system, dataset, files
        self.undisturbed: Left = system.left_by(system.send(dataset, files))
        system.system.kill_host()
        system.system.start_host({"STRATA_SMALL_BATCH_THRESHOLD": "1", "STRATA_CLAIM_SECONDS": str(claim_seconds)})

    @property
    def runner(self) -> int:
        assert self.system.system.pipelines_pid is not None
        return self.system.system.pipelines_pid

    def begun(self) -> str:
        """Send the files once more, as a job that takes the place of the last, and start the pipeline for it."""
        job = self.system.send(self._dataset, self._files, force="true")
        self.system.run_now(job)
        return job

    def at_work(self, notebook: str, *, computing: bool = True) -> list[psutil.Process]:
        return until(lambda: notebook_at_work(self.runner, notebook, computing=computing), f"{notebook} to be at work")

    def kill_runner(self, family: list[psutil.Process]) -> None:
        self.system.system.kill_pipelines()
        assert_gone(family)
        self.system.system.start_pipelines()

    def assert_nothing_is_left_behind(self, job: str) -> None:
        """Demand the undisturbed result, in one set of files, and neither processes nor scratch of notebooks."""
        assert_same_left(self.system.left_by(job), self.undisturbed)
        self.system.assert_one_set_of_outputs(job)
        assert self.system.loaded_by() == {job}
        notebooks = self.system.system.folder.path / "adf" / "notebooks"
        assert processes_in(notebooks) == []
        kept = {path.name for path in notebooks.glob("*/*")}
        assert kept <= {"notebook.log", "result.json", "widgets.json"}

    def resume(self, job: str) -> None:
        """Ask two runs of the pipeline at a time for the job of a runner that died, until one of them gets it."""

        def resumed() -> bool:
            runs = [self.system.start_pipeline() for _ in range(2)]
            assert [self.system.ended(run)["status"] for run in runs] == ["Succeeded"] * 2
            return self.tries(job) == 2

        until(resumed, "the job to be taken up again")
        events = {event["note"] or "": event["at"] for event in self.system.job(job)["timeline"]}
        (lost,) = filter(None, (re.match(r"Taken up by the large path \(pipeline run (\S+),", told) for told in events))
        (told,) = (told for told in events if told.startswith("Taken up again"))
        assert f"pipeline run {lost[1]} was not heard of" in told
        over = re.search(r"over at (.*) UTC\.", told)
        assert over is not None
        assert events[told] >= over[1].replace(" ", "T"), "the job was the runner's until then"

    def tries(self, job: str) -> int:
        """How often a job was taken up."""
        return sum("aken up" in remark for remark in self.system.timeline(job))


def killed(folder: Path, dataset: str, files: dict[str, bytes], claim_seconds: int) -> Iterator[Killed]:
    with LocalSystem(folder, {**QUIET, **SPARK}, with_pipelines=True) as running, LargeSystem(running) as system:
        yield Killed(system, dataset, files, claim_seconds)


@pytest.fixture(scope="module")
def departments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    yield from killed(tmp_path_factory.mktemp("departments"), "hiring", DEPARTMENTS, 5)


@pytest.fixture(scope="module")
def appointments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    files = {path.name: path.read_bytes() for path in APPOINTMENTS.glob("*.xlsx")}
    yield from killed(tmp_path_factory.mktemp("appointments"), "appointments", files, 30)


def test_a_job_whose_runner_is_killed_is_taken_up_once_more_after_its_time(departments: Killed) -> None:
    job = departments.begun()
    departments.kill_runner(departments.at_work(FIRST, computing=False))
    departments.resume(job)
    departments.assert_nothing_is_left_behind(job)


@pytest.mark.parametrize("notebook", [FIRST, SECOND])
def test_a_runner_killed_while_a_notebook_computes(appointments: Killed, notebook: str) -> None:
    job = appointments.begun()
    appointments.kill_runner(appointments.at_work(notebook))
    appointments.resume(job)
    appointments.assert_nothing_is_left_behind(job)


@pytest.mark.parametrize("notebook", [FIRST, SECOND])
def test_a_notebook_whose_process_is_killed_is_tried_again_by_its_activity(appointments: Killed, notebook: str) -> None:
    job = appointments.begun()
    family = appointments.at_work(notebook)
    family[0].kill()
    assert_gone(family)
    assert appointments.system.finished(job)["state"] == appointments.undisturbed.told["state"]
    assert appointments.tries(job) == 1
    appointments.assert_nothing_is_left_behind(job)


@pytest.mark.parametrize("notebook", [FIRST, SECOND])
def test_a_job_whose_notebook_is_killed_at_every_try_is_released_and_taken_up_again(
    appointments: Killed, notebook: str
) -> None:
    job = appointments.begun()
    for _ in range(2):
        family = appointments.at_work(notebook)
        family[0].kill()
        assert_gone(family)
    problem = until(lambda: appointments.system.job(job)["error"], "the job to be released")
    assert problem["code"] == "large_path_failed"
    assert "It is tried again." in appointments.system.timeline(job)[-1]
    appointments.system.run_now(job)
    appointments.system.finished(job)
    assert appointments.tries(job) == 2
    appointments.assert_nothing_is_left_behind(job)
