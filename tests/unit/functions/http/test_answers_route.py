from __future__ import annotations

from shared.domain.job import JobState
from shared.errors import NotFoundError
from tests.unit.functions.http.conftest import make_job


def test_the_answers_that_are_kept_with_a_job_are_given_as_they_were(client, app):
    answer = client.get("/api/jobs/a1b2c3/answers")
    assert answer.json() == [
        {"name": "best_sellers", "title": "Best", "parameters": {"top": "10"}, "rows": [{"sku": "A", "share": 81.2268}]}
    ]
    assert app.asked == [("get", "a1b2c3"), ("answers", "a1b2c3")]


def test_a_job_without_answers_is_404(client, app):
    app.of = lambda _: (_ for _ in ()).throw(NotFoundError("Nothing is published.", code="no_answers"))
    answer = client.get("/api/jobs/a1b2c3/answers")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_answers")


def test_a_job_that_has_succeeded_says_where_its_answers_are(client, app):
    app.jobs_by_id["a1b2c3"] = make_job(state=JobState.SUCCEEDED)
    assert client.get("/api/jobs/a1b2c3").json()["links"]["answers"] == "http://strata.test/api/jobs/a1b2c3/answers"
