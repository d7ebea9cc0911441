from __future__ import annotations

import pyarrow as pa
import pytest

QUARTERLY = ["/api/metrics/quarterly-hires", "/api/metrics/quarterly-hires-2021"]
ABOVE_MEAN = ["/api/metrics/departments-above-mean", "/api/metrics/departments-above-mean-2021"]
QUERIES = [(path, "quarterly_hires") for path in QUARTERLY] + [(path, "departments_above_mean") for path in ABOVE_MEAN]


@pytest.mark.parametrize(("path", "query"), QUERIES)
def test_each_address_asks_its_query_for_the_year_given_or_the_querys_own(client, app, path, query):
    client.get(path)
    client.get(path, params={"year": 2022})

    assert app.asked == [("run", query, {}), ("run", query, {"year": "2022"})]


@pytest.mark.parametrize("path", [*QUARTERLY, *ABOVE_MEAN])
def test_all_rows_are_answered_as_json_or_csv(client, app, path):
    app.table = pa.table({"hired": list(range(1_000))})

    assert [row["hired"] for row in client.get(path).json()] == list(range(1_000))
    in_csv = client.get(path, headers={"accept": "text/csv"})
    assert in_csv.text.splitlines() == ["hired", *map(str, range(1_000))]
    assert client.get(path, params={"format": "csv"}).text == in_csv.text


@pytest.mark.parametrize("query", ["year=soon", "limit=5", "format=xml"])
def test_a_wrong_parameter_is_400_and_named(client, app, query):
    answer = client.get(f"{QUARTERLY[0]}?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert query.partition("=")[0] in answer.json()["detail"]
    assert app.asked == []
