from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.job import JobState
from tests.integration.services.raw.conftest import PATH, Lake

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.services.browse import JobView
    from shared.services.expect import Expectation
    from tests.integration.services.conftest import Bench


def test_a_deleted_job_of_raw_data_leaves_it_as_it_was(
    raw_bench: Bench, lake: Lake, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    lake.put(PATH, records)
    before = lake.contents()
    job = follow(ask(PATH)).job

    deleted = raw_bench.app.delete(job.job_id, "eve", bronze=True)

    assert deleted.state is JobState.DELETED
    assert lake.contents() == before
    assert raw_bench.rows("dw_users") == []
