"""A contract of one table and a few rows, judged on every eager engine."""

from __future__ import annotations

import pytest

from shared.frames.engine import Engine, get_engine


@pytest.fixture(params=["pandas", "pyarrow"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return get_engine(request.param)
