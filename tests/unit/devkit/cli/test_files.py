"""Answers that fill several pages become one file."""

from __future__ import annotations

import json

import httpx
import pytest

from devkit.cli.files import write_pages
from tests.unit.devkit.cli.conftest import job


@pytest.mark.parametrize(
    ("name", "pages", "content"),
    [
        ("a.csv", ["h\r\n1\r\n", "h\r\n2\r\n"], "h\r\n1\r\n2\r\n"),
        ("a.CSV", ["h\r\n"], "h\r\n"),
        ("a.json", ['[{"a":1.10}]', '[{"a":2},{"a":3}]'], '[{"a":1.10},{"a":2},{"a":3}]\n'),
        ("a.json", ["[]"], "[]\n"),
        ("a.json", ['[{"a":1}]', "[]"], '[{"a":1}]\n'),
    ],
)
def test_pages_are_one_file_with_every_value_as_it_was_written(name, pages, content, tmp_path):
    write_pages(tmp_path / name, pages)
    assert (tmp_path / name).read_bytes().decode() == content


def test_all_rejected_rows_are_fetched_however_many_there_are(stand_in, strata, tmp_path, monkeypatch):
    monkeypatch.setattr("devkit.cli.commands.rejects._PAGE", 2)
    counts = {"read": 9, "silver": 6, "quarantined": 1, "duplicate": 1, "skipped": 1}
    stand_in.answer("GET", "/api/jobs/a1", job(ledger={"user": counts}))
    pages = [httpx.Response(200, json=rows) for rows in ([{"row": 1}, {"row": 2}], [{"row": 3}])]
    stand_in.answer("GET", "/api/jobs/a1/rejects", *pages)
    result = strata("rejects", "a1", "-o", "rows.json")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Written to rows.json.\n")
    assert [row["row"] for row in json.loads((tmp_path / "rows.json").read_text("utf-8"))] == [1, 2, 3]
    asked = [dict(request.url.params) for request in stand_in.requests[1:]]
    assert asked == [{"format": "json", "limit": "2", "offset": str(offset)} for offset in (0, 2)]


def test_a_workbook_is_written_as_it_came(stand_in, strata, tmp_path):
    stand_in.answer("GET", "/api/jobs/a1/rejections.xlsx", httpx.Response(200, content=b"PK\r\n"))
    result = strata("rejects", "a1", "-o", "rows.xlsx")
    told = "Written to rows.xlsx.\nTo send it back, corrected: strata correct a1 rows.xlsx\n"
    assert (result.exit_code, result.stderr) == (0, told)
    assert (tmp_path / "rows.xlsx").read_bytes() == b"PK\r\n"


def test_a_file_is_not_touched_when_there_is_no_answer(stand_in, strata, tmp_path):
    (tmp_path / "rows.csv").write_text("kept", encoding="utf-8")
    stand_in.answer("GET", "/api/queries/revenue", httpx.ReadTimeout("slow"))
    assert strata("query", "revenue", "-o", "rows.csv").exit_code == 1
    assert (tmp_path / "rows.csv").read_text("utf-8") == "kept"
