import pytest

from shared.frames.engine import SparkEngine


@pytest.fixture(scope="session")
def spark_engine(spark) -> SparkEngine:
    return SparkEngine(spark)
