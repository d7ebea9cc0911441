"""Keeps the memory of a process that works on many jobs near what one job needs.

Allocators keep freed memory for the next request, each for itself and some for every thread: several hundred
megabytes after a few jobs of ten thousand rows. Here all of Arrow's memory comes from the C library, which is told
to share it between threads, to give large blocks back as soon as they are free, and the rest after every job.
Measured, this takes no time.
"""

from __future__ import annotations

import ctypes
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


@contextmanager
def frugal_memory() -> Iterator[None]:
    """Give memory back to the operating system while and after the block works, where that is possible."""
    library = _c_library()
    try:
        yield
    finally:
        if library is not None:
            library.malloc_trim(0)


@lru_cache(maxsize=1)
def _c_library() -> ctypes.CDLL | None:
    """Set up the allocators once; returns the GNU C library, or None on systems with another one."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and not needed on the way to the functions

    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if library is None or not hasattr(library, "malloc_trim"):
        return None
    library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK_BYTES)
    library.mallopt(_M_TRIM_THRESHOLD, _LARGE_BLOCK_BYTES)
    library.mallopt(_M_ARENA_MAX, _ARENAS)
    pa.set_memory_pool(pa.system_memory_pool())
    return library
