"""Tables are worked off side by side, none before those that it is made of."""

from __future__ import annotations

from threading import Barrier, Event

import pytest

from shared.medallion.side_by_side import side_by_side

NEEDS = {"users": set[str](), "stock": set[str](), "orders": {"users"}, "items": {"orders", "stock"}}


@pytest.mark.parametrize("at_once", [1, 2, 8])
def test_each_follows_those_it_needs_and_all_come_in_order(at_once: int) -> None:
    done: list[str] = []

    def work(name: str) -> str:
        assert NEEDS[name].issubset(done)
        done.append(name)
        return name.upper()

    assert list(side_by_side(NEEDS, work, at_once).items()) == [(name, name.upper()) for name in NEEDS]
    assert sorted(done) == sorted(NEEDS)


def test_those_that_need_nothing_of_each_other_run_at_the_same_time() -> None:
    both = Barrier(2, timeout=10)

    def work(name: str) -> None:
        if not NEEDS[name]:
            both.wait()

    side_by_side(NEEDS, work, 2)


@pytest.mark.parametrize("at_once", [1, 2])
def test_what_goes_wrong_is_raised_and_nothing_that_needs_it_is_begun(at_once: int) -> None:
    begun: list[str] = []

    def work(name: str) -> None:
        begun.append(name)
        if name == "users":
            raise ValueError("users")

    with pytest.raises(ValueError, match="users"):
        side_by_side(NEEDS, work, at_once)
    assert not {"orders", "items"} & set(begun)


def test_what_was_begun_is_at_its_end_when_an_error_is_raised() -> None:
    begun, failed, ended = Event(), Event(), Event()

    def work(name: str) -> None:
        if name == "users":
            begun.wait(10)
            failed.set()
            raise ValueError("users")
        begun.set()
        failed.wait(10)
        ended.set()

    with pytest.raises(ValueError, match="users"):
        side_by_side({"users": set(), "stock": set()}, work, 2)
    assert ended.is_set()
