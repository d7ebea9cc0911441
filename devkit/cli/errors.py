"""What can go wrong with a command, said to the person who gave it."""

from __future__ import annotations


class CliError(Exception):
    """A command cannot do what was asked: one sentence that says why, and what to do about it."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(sentence)
        self.advice = advice


class ApiError(CliError):
    """The API has answered with a problem; ``code`` is its stable name."""

    def __init__(self, sentence: str, advice: str, code: str) -> None:
        super().__init__(sentence, advice)
        self.code = code
