from __future__ import annotations

import pytest

from shared.domain.job import ProcessingPath
from shared.domain.pace import MEASURED, Pace


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "about 1 second"),
        (1.4, "about 1 second"),
        (2.6, "about 3 seconds"),
        (34.0, "about 30 seconds"),
        (59.0, "about 60 seconds"),
        (60.0, "about 1 minute"),
        (330.0, "about 6 minutes"),
        (1_500.0, "about 20 minutes"),
        (3_600.0, "about 1 hour"),
        (40_000.0, "about 10 hours"),
    ],
)
def test_a_time_is_said_to_one_digit(seconds: float, words: str) -> None:
    assert Pace(start=seconds, each=0).in_words(1) == words


def test_every_record_takes_its_time_beside_the_start() -> None:
    assert Pace(start=30, each=0.5).seconds(100) == 80


@pytest.mark.parametrize("path", ProcessingPath)
def test_every_path_has_been_measured(path: ProcessingPath) -> None:
    assert MEASURED[path].each > 0
