import pytest

from shared.frames.engine import Engine, get_engine


@pytest.fixture(params=["pandas", "pyarrow"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return get_engine(request.param)
