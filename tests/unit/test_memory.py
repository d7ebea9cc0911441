from __future__ import annotations

import os
import subprocess
import sys

import pyarrow as pa
import pytest

from shared.bootstrap import memory
from shared.bootstrap.memory import frugal_memory, share_one_allocator


@pytest.fixture(autouse=True)
def _as_if_for_the_first_time() -> None:
    memory._c_library.cache_clear()


def test_arrow_takes_its_memory_from_the_c_library() -> None:
    program = (
        "from shared.bootstrap.memory import share_one_allocator; share_one_allocator();"
        "import pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "system"


def test_an_operator_may_choose_another_allocator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
    share_one_allocator()
    assert os.environ["ARROW_DEFAULT_MEMORY_POOL"] == "jemalloc"


def test_what_fails_inside_fails_outside() -> None:
    with pytest.raises(ZeroDivisionError), frugal_memory():
        _ = 1 / 0


def test_on_other_systems_the_work_is_done_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with frugal_memory():
        assert pa.table({"n": [1]}).num_rows == 1
