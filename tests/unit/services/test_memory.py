from __future__ import annotations

import sys

import pyarrow as pa
import pytest

from shared.services import memory
from shared.services.memory import frugal_memory


@pytest.fixture(autouse=True)
def _as_if_for_the_first_time() -> None:
    memory._c_library.cache_clear()


@pytest.mark.skipif(sys.platform != "linux", reason="only the GNU C library can be told")
def test_arrow_takes_its_memory_from_the_c_library() -> None:
    with frugal_memory():
        table = pa.table({"n": range(1_000_000)})
        assert pa.default_memory_pool().backend_name == "system"
        assert pa.default_memory_pool().bytes_allocated() >= table.nbytes


def test_what_fails_inside_fails_outside() -> None:
    with pytest.raises(ZeroDivisionError), frugal_memory():
        _ = 1 / 0


def test_on_other_systems_the_work_is_done_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with frugal_memory():
        assert pa.table({"n": [1]}).num_rows == 1
