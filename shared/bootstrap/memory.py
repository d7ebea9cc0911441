"""Sets a process up to work on many jobs: in little more memory than one job needs, and without idle work.

Allocators keep freed memory for the next request, each for itself and some for every thread: several hundred
megabytes after a few jobs of ten thousand rows. Here all of Arrow's memory comes from the C library, which is told
to share it between threads, to give large blocks back as soon as they are free, and the rest after every job.
Measured, this takes no time; it saves some. So do two things more: Arrow does not spread the small work of such a job
over threads, of which there are as many as jobs, and the garbage collector does not search the libraries.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGE_BLOCK_BYTES = 1 << 20
_ARENAS = 2


def share_one_allocator() -> None:
    """Have Arrow take its memory from the C library; it looks for the word when it is first imported."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


@contextmanager
def frugal_memory() -> Iterator[None]:
    """Give memory back to the operating system while and after the block works, where that is possible."""
    library = _c_library()
    try:
        yield
    finally:
        if library is not None:
            library.malloc_trim(0)
        _spare_the_collector()


@lru_cache(maxsize=1)
def _c_library() -> ctypes.CDLL | None:
    """Set up the process once; returns the GNU C library, or None on systems with another one."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and not needed on the way to the functions

    pa.set_cpu_count(1)
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if library is None or not hasattr(library, "malloc_trim"):
        return None
    library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK_BYTES)
    library.mallopt(_M_TRIM_THRESHOLD, _LARGE_BLOCK_BYTES)
    library.mallopt(_M_ARENA_MAX, _ARENAS)
    return library


@lru_cache(maxsize=1)
def _spare_the_collector() -> None:
    """Have the garbage collector pass over what is there once a first job has loaded all libraries."""
    gc.freeze()
