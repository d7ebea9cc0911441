from __future__ import annotations

import json

import pytest

from shared.domain.message import JobMessage
from shared.errors import InvalidRequestError

MESSAGE = JobMessage("job", "parent", "user", "ecommerce", 2)


def test_a_message_survives_its_way_through_the_queue() -> None:
    assert JobMessage.from_json(MESSAGE.to_json()) == MESSAGE
    assert JobMessage.from_json(MESSAGE.to_json().encode()) == MESSAGE


def test_a_message_names_a_job_under_its_public_words() -> None:
    assert json.loads(MESSAGE.to_json()) == {
        "v": 1,
        "jobId": "job",
        "parentJobId": "parent",
        "userId": "user",
        "dataset": "ecommerce",
        "attempt": 2,
    }


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"v": 1}', '{"v": 2, "jobId": "x"}', b"\xff\xfe"])
def test_what_is_no_job_message_is_refused(text: str | bytes) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        JobMessage.from_json(text)
    assert refusal.value.code == "invalid_message"
