from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shared.domain.job import attempt_of, first_job_id_after, new_job_id, new_run_id

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def test_a_later_job_sorts_before_an_earlier_one() -> None:
    moments = [NOW + timedelta(milliseconds=step) for step in (0, 1, 1_000, 10_000_000)]
    ids = [new_job_id(moment) for moment in moments]
    assert sorted(ids) == ids[::-1]


def test_two_jobs_of_the_same_moment_have_different_ids() -> None:
    assert new_job_id(NOW) != new_job_id(NOW)


def test_a_moment_bounds_the_ids_of_the_jobs_made_after_it() -> None:
    bound = first_job_id_after(NOW)
    assert new_job_id(NOW + timedelta(milliseconds=1)) < bound < new_job_id(NOW)


def test_a_run_id_tells_its_attempt() -> None:
    assert attempt_of(new_run_id(12)) == 12
