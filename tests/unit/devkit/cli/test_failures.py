"""What a command says when things go wrong: a sentence and what to do, on the error output, and an exit code."""

from __future__ import annotations

import httpx
import pytest

from tests.unit.devkit.cli.conftest import TOKEN, URL, job, problem


def test_a_problem_of_the_api_is_its_sentence_and_its_advice(stand_in, strata):
    stand_in.answer("GET", "/api/jobs", problem(400, "invalid_parameter", "The limit is odd.", "Choose another."))
    result = strata("jobs")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: The limit is odd.\nChoose another.\n"


def test_a_wrong_token_is_explained_to_somebody_who_types_commands(stand_in, strata):
    stand_in.answer("GET", "/api/tables", problem(401, "unauthenticated", "The token is not valid.", "Send a header."))
    result = strata("tables")
    assert "Error: The token is not valid.\nCheck --token or STRATA_TOKEN" in result.stderr
    assert TOKEN not in result.output


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, html="<h1>Bad Gateway</h1>"),
        httpx.Response(200, html="<h1>Welcome</h1>"),
        httpx.Response(404, json={"message": "no"}),
        httpx.Response(500, json=["no"]),
    ],
    ids=["proxy", "another site", "another API", "a list"],
)
def test_an_answer_that_is_not_stratas_names_the_address(answer, stand_in, strata):
    stand_in.answer("GET", "/api/queries", answer)
    result = strata("query")
    assert f"{URL}/api/queries answered {answer.status_code}" in result.stderr
    assert "Check the address" in result.stderr


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (httpx.ReadTimeout("slow"), "did not answer in time"),
        (httpx.RemoteProtocolError("gone"), "broke off (gone)"),
        (httpx.WriteError(""), "broke off (WriteError)"),
        (httpx.ConnectError("refused"), "Nothing answers at http://strata.test (refused)"),
    ],
)
def test_a_connection_that_fails_is_told_of_in_words(fault, sentence, stand_in, strata):
    stand_in.answer("GET", "/api/jobs/a1", fault)
    result = strata("job", "a1")
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_nothing_that_listens_is_told_of_in_words(strata):
    result = strata("jobs", STRATA_URL="http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "Nothing answers at http://127.0.0.1:1" in result.stderr


def test_a_name_cannot_lead_to_another_address(stand_in, strata):
    stand_in.answer("GET", "/api/jobs/../tables?x", problem(404, "unknown_job"))
    assert strata("job", "../tables?x").exit_code == 1
    assert stand_in.requests[0].url.raw_path == b"/api/jobs/..%2Ftables%3Fx"


def test_an_interrupted_watch_says_that_the_job_goes_on(stand_in, strata):
    stand_in.answer("GET", "/api/jobs/a1", job(state="routed"), KeyboardInterrupt())
    result = strata("job", "a1", "--watch")
    assert result.exit_code == 130
    assert "strata job a1 --watch" in result.stderr


@pytest.mark.parametrize(
    ("command", "out"),
    [*(("rejects a1", out) for out in ("rows.txt", "rows")), *(("query a1", f"rows{end}") for end in (".xlsx", ""))],
)
def test_a_file_of_another_format_is_refused_before_anything_is_asked(command, out, stand_in, strata):
    result = strata(*command.split(), "-o", out)
    assert result.exit_code == 1
    assert "ends with .csv or .json" in result.stderr
    assert stand_in.requests == []


def test_a_place_that_cannot_be_written_is_named(stand_in, strata):
    stand_in.answer("GET", "/api/queries/revenue", httpx.Response(200, text="a\r\n1\r\n"))
    assert "missing/rows.csv cannot be written" in strata("query", "revenue", "-o", "missing/rows.csv").stderr
