from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def authority() -> Iterator[Authority]:
    """A sign-in service on this machine."""
    running = Authority()
    yield running
    running.stop()
