"""What tests share: one Azurite, one whole local system and one Spark session, each made when first used."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections import Counter
from typing import TYPE_CHECKING

import httpx
import hypothesis
import pytest
from hypothesis.internal.conjecture import providers

from devkit.azurite.server import Azurite
from devkit.java import suitable_java
from devkit.system import LocalSystem
from tests.proofs import Proofs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from shared.frames.engine import SparkEngine

# The usual run finds the same every time; the complete one looks further.
hypothesis.settings.register_profile("usual", deadline=None, derandomize=True, max_examples=40)
hypothesis.settings.register_profile("complete", deadline=None, max_examples=1000)
IS_COMPLETE = bool(os.environ.get("STRATA_COMPLETE"))
hypothesis.settings.load_profile("complete" if IS_COMPLETE else "usual")
if not IS_COMPLETE:
    # Hypothesis also draws constants from the project's modules as far as they are imported, and so what it finds would
    # depend on the tests that ran before.
    pytest.MonkeyPatch().setattr(providers, "_get_local_constants", lambda: providers._local_constants)

_PROOFS = pytest.StashKey[Proofs]()


def pytest_configure(config: pytest.Config) -> None:
    """Have a place for what comparisons find."""
    config.stash[_PROOFS] = Proofs()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what takes long to the complete runs."""
    left_out = [] if IS_COMPLETE else [item for item in items if item.get_closest_marker("complete")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def proofs(pytestconfig: pytest.Config) -> Proofs:
    """What comparisons have found equal; it is shown when the tests have ended."""
    return pytestconfig.stash[_PROOFS]


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    """A storage account; tests take names of their own in it."""
    folder = tmp_path_factory.mktemp("azurite")
    key = base64.b64encode(secrets.token_bytes(64)).decode()
    server = Azurite(folder / "data", key, folder / "azurite.log")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """The whole system, as 'make up' starts it; it keeps what earlier tests have sent."""
    with LocalSystem(tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="session")
def client(system: LocalSystem) -> Iterator[httpx.Client]:
    """A client of the whole system that shows its token."""
    headers = {"Authorization": f"Bearer {system.token}"}
    with httpx.Client(base_url=system.base_url, headers=headers, timeout=60, trust_env=False) as http:
        yield http


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Spark as Databricks runs it: UTC, and ANSI, where a cast that fails is an error."""
    if not suitable_java():
        pytest.skip("Spark needs Java 17 or newer")
    from pyspark.sql import SparkSession

    os.environ.update(PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable)
    session = (
        SparkSession.builder.master("local[2]")
        .appName("strata-tests")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "2g")
        # On little data Java takes longer to optimise the code of a plan than it could win by it.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        # Noting down for every expression where it was written takes as long as all the rest of making plans.
        .config("spark.python.sql.dataFrameDebugging.enabled", "false")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("spark")))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    gateway = session.sparkContext._gateway
    session.stop()
    # The JVM ends with its standard input; waited for, so that nothing is left behind when the tests end.
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(timeout=30)


@pytest.fixture(scope="session")
def spark_engine(spark: SparkSession) -> SparkEngine:
    """The rules on Spark, with kept frames in memory."""
    from pyspark.sql.functions import arrow_udf

    from shared.frames.engine import SparkEngine

    return SparkEngine(spark, arrow_udf)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything can be had, a skipped test is a failure."""
    if _skip_reasons(session.config) and _skips_count_as_failures() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was found equal, how many tests were skipped and why."""
    if lines := list(config.stash[_PROOFS].lines()):
        terminalreporter.section("rows found equal, in all of their columns")
        for line in lines:
            terminalreporter.write_line(line)
    reasons = _skip_reasons(config)
    verdict = ", which is a failure here (STRATA_NO_SKIPS)" if reasons and _skips_count_as_failures() else ""
    terminalreporter.write_line(f"{reasons.total()} skipped{verdict}")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"  {count} × {reason}")


def _skip_reasons(config: pytest.Config) -> Counter[str]:
    reporter: pytest.TerminalReporter = config.pluginmanager.getplugin("terminalreporter")
    skipped = reporter.stats.get("skipped", [])
    return Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped if report.longrepr)


def _skips_count_as_failures() -> bool:
    return os.environ.get("STRATA_NO_SKIPS") == "1"
