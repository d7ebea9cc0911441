"""Works tables off side by side, each as soon as those that it is made of are done."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

T = TypeVar("T")


def side_by_side(needs: Mapping[str, Collection[str]], work: Callable[[str], T], at_once: int) -> dict[str, T]:
    """Return what ``work`` makes of each name, in the order of ``needs``, working at so many at once.

    ``needs`` says which others each name waits for; these stand before it. Raises what ``work`` raises first, once
    the others that were begun are done.
    """
    if at_once == 1:
        return {name: work(name) for name in needs}
    sorter, running, made = TopologicalSorter(needs), dict[Future[T], str](), dict[str, T]()
    sorter.prepare()
    pool = ThreadPoolExecutor(at_once)
    try:
        while sorter.is_active():
            running |= {pool.submit(work, name): name for name in sorter.get_ready()}
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(future)
                made[name] = future.result()
                sorter.done(name)
    finally:
        pool.shutdown(cancel_futures=True)
    return {name: made[name] for name in needs}
