from __future__ import annotations

import time

from shared.errors import UnavailableError
from shared.services.health import Health


def answers() -> None:
    time.sleep(0.01)


def is_down() -> None:
    raise UnavailableError("The queue storage does not answer.")


def breaks() -> None:
    raise ZeroDivisionError("a secret")


def test_every_part_is_asked_and_timed() -> None:
    report = Health({"storage": answers})()
    assert report["storage"].ok
    assert report["storage"].ms >= 10


def test_a_part_that_is_down_says_why_and_hides_no_other() -> None:
    report = Health({"storage": answers, "queues": is_down})()
    assert report["storage"].ok
    assert (report["queues"].ok, report["queues"].problem) == (False, "The queue storage does not answer.")


def test_an_unexpected_failure_is_a_part_that_does_not_work() -> None:
    check = Health({"warehouse": breaks})()["warehouse"]
    assert (check.ok, check.problem) == (False, "It fails unexpectedly (ZeroDivisionError).")
