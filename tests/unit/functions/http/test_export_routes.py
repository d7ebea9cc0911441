from __future__ import annotations

import pytest

from shared.errors import NotFoundError

URL = "http://strata.test/api/jobs/a1b2c3/exports/csv_uploads/a%20b.csv"


def test_exports_are_listed_with_their_addresses(client, app):
    answer = client.get("/api/jobs/a1b2c3/exports")

    assert answer.status_code == 200
    assert answer.json() == [{"name": "csv_uploads/a b.csv", "size": 7, "madeAt": "2026-01-31T08:00:00Z", "url": URL}]


@pytest.mark.parametrize(
    ("name", "media_type", "filename"),
    [
        ("output_combined.xlsx", "spreadsheetml.sheet", "output_combined.xlsx"),
        ("csv_uploads/a%20b.csv", "text/csv", "a b.csv"),
    ],
)
def test_an_export_is_a_file_of_its_kind(client, app, name, media_type, filename):
    answer = client.get(f"/api/jobs/a1b2c3/exports/{name}")

    assert (answer.status_code, answer.content) == (200, b"content")
    assert media_type in answer.headers["content-type"]
    assert answer.headers["content-disposition"] == f'attachment; filename="{filename}"'
    assert app.asked[-1] == ("export", "a1b2c3", name.replace("%20", " "))


def test_what_is_not_there_is_a_problem(client, app):
    app.error = NotFoundError("Job a1b2c3 has no export 'x'.", code="unknown_export", known=["y"])
    answer = client.get("/api/jobs/a1b2c3/exports/x")

    assert (answer.status_code, answer.json()["code"], answer.json()["known"]) == (404, "unknown_export", ["y"])
