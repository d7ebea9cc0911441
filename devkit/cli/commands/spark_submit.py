"""``strata spark-submit``: run one waiting job of the large path on a Spark of one's own."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from devkit.cli import show
from devkit.cli.client import Client
from devkit.cli.commands.adf import assigned, require_checkout
from devkit.cli.commands.jobs import end_with
from devkit.cli.commands.options import JobId  # noqa: TC001 - typer reads the annotations
from devkit.cli.connection import Address
from devkit.cli.errors import CliError
from shared.domain.job import ProcessingPath
from shared.domain.routing import PATHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.execute import Wanted
    from devkit.adf.local.place import Place

# ruff: noqa: PLC0415 - the runner is no part of the installed command, and other commands do without it

_PIPELINE = PATHS[ProcessingPath.LARGE_BATCH].pipeline


def spark_submit(
    job_id: JobId,
    master: Annotated[
        str, typer.Option(metavar="URL", help="Where Spark is: local[*], spark://HOST:7077, yarn, k8s://URL.")
    ] = "local[*]",
    conf: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A setting of Spark, such as spark.executor.memory=4g."),
    ] = None,
    work_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="For the files of the job while it runs: one that all machines of the cluster share with this one, "
            "under the same path. A local master needs none.",
        ),
    ] = None,
) -> None:
    """Run a job that waits for the large path on Spark, now.

    It goes the way that it would go in Data Factory: the job is claimed, so that nobody else runs it, both notebooks
    run on the Spark that --master names, and the app checks, publishes and ends the job. The system is the one that
    'make up' runs in this folder or one above it.

    Spark is that in SPARK_HOME, else the one that 'make install-demo' brings; it must be 4.1 or newer. The machines of
    a cluster are sent the package 'shared'; what it needs (pyarrow, narwhals and others) must be in their Python, which
    --conf spark.pyspark.python=PATH names.

    Ctrl-C gives the job back. Ends with 1 when the job fails.
    """
    require_checkout()
    from devkit.adf.errors import AdfError
    from devkit.adf.execute import Wanted, find_place
    from devkit.adf.local.spark import NoSparkError
    from devkit.adf.local.spark_submit import SparkSubmit, find_spark
    from devkit.adf.runs import new_run_id

    try:
        spark = SparkSubmit(find_spark(os.environ), master, assigned(conf), work_dir)
        spark.require()
        place = find_place(Path.cwd())
    except NoSparkError as error:
        raise CliError(error.sentence, error.advice) from None
    except AdfError as error:
        raise CliError(str(error), "Large jobs are run on Spark beside the system that has them.") from None
    wanted = Wanted(_PIPELINE, {"jobId": job_id, "maxJobs": "1"}, run_id=new_run_id(), spark=spark)
    with Client(Address(place.base_url, place.key, "the local system")) as client:
        with _claimed(client, job_id, wanted.run_id or ""):
            succeeded = _run(wanted, place)
        end_with(client.job(job_id))
    if not succeeded:
        raise typer.Exit(1)


@contextmanager
def _claimed(client: Client, job_id: str, pipeline_run_id: str) -> Iterator[None]:
    """Have a job for as long as it is run.

    The run asks for it once more, and gets the same. What the run has not brought to an end by itself, as one that was
    cancelled, is given back here; else that changes nothing.
    """
    run_id = client.claim(job_id, pipeline_run_id)
    try:
        yield
    except KeyboardInterrupt:
        show.remarks().print(f"The job is given back; to run it again: strata spark-submit {job_id}")
        raise
    finally:
        with suppress(CliError):
            client.give_back(job_id, run_id, pipeline_run_id)


def _run(wanted: Wanted, place: Place) -> bool:
    """Run a pipeline and show how it goes; returns whether it has succeeded."""
    import asyncio

    from devkit.adf.execute import execute
    from devkit.adf.runs import State

    with _ended_as_by_hand():
        return asyncio.run(execute(wanted, place, show.remarks(), live=True)).state is State.SUCCEEDED


@contextmanager
def _ended_as_by_hand() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
