"""Where notebooks are submitted to: what is refused before anything runs, and with what Spark is called."""

from __future__ import annotations

import socket
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from devkit.adf.local import spark as local_spark
from devkit.adf.local.spark import NoSparkError
from devkit.adf.local.spark_submit import SparkSubmit, find_spark

ARGUMENTS = [Path("/n/count.py"), Path("/r/widgets.json"), Path("/r/result.json")]
CLUSTER = "k8s://https://cluster"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation of Spark, as far as is looked at it."""
    home = tmp_path / "spark"
    for file in ("bin/spark-submit", "jars/spark-core_2.13-4.1.0.jar"):
        (home / file).parent.mkdir(parents=True)
        (home / file).touch()
    return home


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a run."""
    folder = tmp_path / "r1"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def _java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_spark, "suitable_java", lambda: True)


def conf(command: list[str]) -> dict[str, str]:
    given = [value for name, value in pairwise(command) if name == "--conf"]
    return dict(each.split("=", 1) for each in given)


@pytest.mark.parametrize("master", ["local", "local[*]", "local[2, 3]"])
def test_a_local_master_needs_no_folder_that_is_shared(home: Path, folder: Path, master: str) -> None:
    spark = SparkSubmit(home, master)

    spark.require()
    assert spark.files(folder) == folder / "files"


@pytest.mark.parametrize("master", ["yarn", CLUSTER])
def test_a_cluster_needs_one(home: Path, folder: Path, tmp_path: Path, master: str) -> None:
    with pytest.raises(NoSparkError, match=r"need a folder.*--work-dir"):
        SparkSubmit(home, master).require()

    shared = SparkSubmit(home, master, work_dir=tmp_path)
    shared.require()
    assert shared.files(folder) == tmp_path / "strata-r1"


@pytest.mark.parametrize("master", ["", "localhost", "spark:/x", "mesos://x:1", "locally"])
def test_what_is_no_master_is_refused(home: Path, master: str) -> None:
    with pytest.raises(NoSparkError, match=r"no master of Spark.*spark://HOST:7077"):
        SparkSubmit(home, master).require()


def test_a_cluster_that_does_not_answer_is_not_waited_for(home: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        SparkSubmit(home, f"spark://127.0.0.1:1,127.0.0.1:{port}", work_dir=tmp_path).require()

    for hosts in (f"127.0.0.1:{port}", "127.0.0.1", "127.0.0.1:x"):
        with pytest.raises(NoSparkError, match=f"Nothing answers at spark://{hosts}"):
            SparkSubmit(home, f"spark://{hosts}", work_dir=tmp_path).require()


def test_the_shared_folder_must_be_one(home: Path, tmp_path: Path) -> None:
    for folder in (Path("relative"), tmp_path / "none", home / "bin" / "spark-submit"):
        with pytest.raises(NoSparkError, match="no folder that can be written to"):
            SparkSubmit(home, CLUSTER, work_dir=folder).require()


def test_only_settings_of_spark_are_taken(home: Path) -> None:
    with pytest.raises(NoSparkError, match=r"'executor\.memory' is no setting of Spark"):
        SparkSubmit(home, "local", {"executor.memory": "4g"}).require()


@pytest.mark.parametrize(
    ("version", "accepted"),
    [("3.5.7", False), ("4.0.1", False), ("4.1.0", True), ("4.3.0-SNAPSHOT", True), ("10.0.0", True)],
)
def test_spark_must_have_functions_of_arrow_columns(home: Path, version: str, accepted: bool) -> None:
    (home / "jars" / "spark-core_2.13-4.1.0.jar").rename(home / "jars" / f"spark-core_2.13-{version}.jar")
    if accepted:
        SparkSubmit(home, "local").require()
    else:
        with pytest.raises(NoSparkError, match=f"is {version}, and 4.1 or newer is needed"):
            SparkSubmit(home, "local").require()


@pytest.mark.parametrize("missing", ["bin/spark-submit", "jars/spark-core_2.13-4.1.0.jar"])
def test_a_folder_without_spark_is_named(home: Path, missing: str) -> None:
    (home / missing).unlink()

    with pytest.raises(NoSparkError, match=f"no Spark in {home}.*SPARK_HOME"):
        SparkSubmit(home, "local").require()


def test_without_java_it_is_said_how_to_get_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_spark, "suitable_java", lambda: False)

    with pytest.raises(NoSparkError, match=r"Java 17 or newer.*apt-get"):
        SparkSubmit(home, "local").require()


def test_spark_is_that_of_spark_home_else_that_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_spark({"SPARK_HOME": "/opt/spark"}) == Path("/opt/spark")
    assert (find_spark({}) / "bin" / "spark-submit").is_file()
    monkeypatch.setattr("devkit.adf.local.spark_submit.find_spec", lambda _: None)
    with pytest.raises(NoSparkError, match="'make install-demo' brings it"):
        find_spark({"SPARK_HOME": ""})


def test_a_local_spark_keeps_to_this_machine_and_to_the_folder_of_the_run(home: Path, folder: Path) -> None:
    command = SparkSubmit(home, "local[3]").command(ARGUMENTS, folder)

    assert command[:3] == [str(home / "bin" / "spark-submit"), "--master", "local[3]"]
    assert command[-4].endswith("devkit/adf/local/notebook_process.py")
    assert command[-3:] == list(map(str, ARGUMENTS))
    told = conf(command)
    assert told["spark.driver.host"] == "127.0.0.1"
    assert told["spark.local.dir"] == str(folder / "spark")
    assert told["spark.pyspark.python"] == sys.executable
    assert "--py-files" not in command


def test_a_cluster_is_sent_the_package_and_decides_the_rest_itself(home: Path, folder: Path) -> None:
    command = SparkSubmit(home, CLUSTER).command(ARGUMENTS, folder)

    told = conf(command)
    assert told.keys().isdisjoint({"spark.driver.host", "spark.local.dir", "spark.pyspark.python"})
    assert (told["spark.pyspark.driver.python"], told["spark.sql.session.timeZone"]) == (sys.executable, "UTC")
    packed = Path(command[command.index("--py-files") + 1])
    names = zipfile.ZipFile(packed).namelist()
    assert {"shared/__init__.py", "shared/datasets/ecommerce/dataset.yaml"} <= set(names)
    assert not [name for name in names if not name.startswith("shared/") or name.endswith(".pyc")]


def test_settings_that_are_given_are_the_last_word(home: Path, folder: Path) -> None:
    given = {"spark.ui.enabled": "true", "spark.executor.extraJavaOptions": "-Da=b"}

    told = conf(SparkSubmit(home, "local", given).command(ARGUMENTS, folder))

    assert given.items() <= told.items()
