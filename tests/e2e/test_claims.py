"""A remittance report over HTTP: what comes of its claims and messages, its figures, and what is loaded."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from devkit.samples.claims import generate
from tests.datasets.claims.reports import DEFECTIVE, expected, page

SOUND = "claims_300"
CSV = b"""SeqNumber,ServiceDate,PractitionerNumber,PHN,FeeItem,Billed,Adjust,Paid,RecordType
1,2031-05-02,08420,BC - 9999999999,12345,$10.00,$0.00,$10.00,paid
"""


def sent(api, filename: str, content: bytes, records: int) -> dict[str, Any]:
    """The job of a file that was posted, at its end."""
    receipt = api.http.post("/api/jobs", params={"dataset": "claims"}, files={"file": (filename, content)})
    assert receipt.status_code == 202, receipt.text
    assert receipt.json()["recordCount"] == records
    return api.follow(receipt.json()["jobId"])


@pytest.fixture(scope="module")
def sound(api) -> dict[str, Any]:
    return sent(api, "march.html", page(SOUND), 300)


@pytest.fixture(scope="module")
def defective(api) -> dict[str, Any]:
    return sent(api, "defects.html", page(DEFECTIVE), 200)


def test_every_claim_and_message_of_a_sound_report_is_loaded(sound):
    assert sound["state"] == "succeeded"
    assert list(sound["ledger"]) == ["claims", "claim_messages"]
    counts = {table: (one["read"], one["silver"]) for table, one in sound["ledger"].items()}
    messages = sum(group["messages_total"] for group in expected(SOUND)["groups"].values())
    assert counts == {"claims": (300, 300), "claim_messages": (messages, messages)}
    assert (sound["goldTables"]["fact_claims"], sound["goldTables"]["fact_claim_messages"]) == (300, messages)


def test_what_is_loaded_comes_to_the_answers(api, sound):
    claims = api.get("/api/tables/fact_claims", filter=f"_job_id={sound['jobId']}", limit=1000)
    for record_type, group in expected(SOUND)["groups"].items():
        of_type = [claim for claim in claims if claim["record_type"] == record_type]
        assert len(of_type) == group["records"]
        for name in ("billed", "adjust", "paid"):
            assert sum(Decimal(str(claim[name])) for claim in of_type) == Decimal(group[name])
    assert sorted(claim["row"] for claim in claims) == list(range(1, 301))
    assert all(len(claim["phn"]) == 32 for claim in claims)


def test_the_figures_that_a_report_states_of_itself_agree(api, sound):
    figures = api.get(f"/api/jobs/{sound['jobId']}/quality")["reconciliation"]
    assert {figure["file"] for figure in figures} == {"march.html"}
    assert {figure["agrees"] for figure in figures} <= {True, None}
    assert {"declared_paid", "declared_refused", "declared_in_hold", "total_billed", "total_paid"} <= {
        figure["name"] for figure in figures if figure["agrees"]
    }


def test_of_twenty_defects_six_are_rejected_with_their_messages_and_the_others_are_told_of(api, defective):
    assert defective["state"] == "succeeded_with_rejects"
    counts = {table: (one["read"], one["silver"], one["quarantined"]) for table, one in defective["ledger"].items()}
    assert counts == {"claims": (200, 194, 6), "claim_messages": (149, 146, 3)}
    rejects = api.get(f"/api/jobs/{defective['jobId']}/rejects", table="claims")
    assert len({reject["row"] for reject in rejects}) == 6
    quality = api.get(f"/api/jobs/{defective['jobId']}/quality")
    assert any(figure["agrees"] is False for figure in quality["reconciliation"])


def test_a_claim_has_a_passport_as_it_stands_in_the_page_and_in_gold(api, defective):
    job_id = defective["jobId"]
    loaded = api.get("/api/passport", table="fact_claims", key=f"{job_id}|1")
    (sighting,) = loaded["sightings"]
    assert (sighting["outcome"], sighting["file"], sighting["row"]) == ("accepted", "defects.html", 1)
    assert [row["jobId"] for row in loaded["loaded"]] == [job_id]
    cells = {cell["column"]: cell["value"] for cell in sighting["raw"]}
    assert cells["billed"].startswith("$")
    rejected = api.get("/api/passport", table="claims", key="3", jobId=job_id)
    assert rejected["loaded"] == []
    assert {verdict["rule"] for verdict in rejected["sightings"][0]["verdicts"]} == {"required"}


def test_a_file_with_another_header_is_kept_and_loads_no_claim(api):
    job = sent(api, "visits.csv", b"Clinic;Visits\nNorth;4\nSouth;5\n", 2)
    assert job["state"] == "succeeded", job["error"] or job["timeline"]
    assert job["ledger"]["claims"] == {"read": 2, "silver": 0, "quarantined": 0, "duplicate": 0, "skipped": 2}
    assert set(job["goldTables"].values()) == {0}
    notes = [event["note"] for event in job["timeline"] if event["state"] == "silver"]
    assert notes[0].startswith("2 rows were counted and kept as sent")
    rejects = api.get(f"/api/jobs/{job['jobId']}/rejects")
    assert {(reject["outcome"], reject["rule"]) for reject in rejects} == {("skipped", "columns")}
    assert "lacks seq_number" in rejects[0]["message"]


def test_pages_and_files_in_an_archive_are_one_job(api):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("may/clinic.csv", CSV)
        archive.writestr("may/report.html", generate(20, 7, 0.0).page)
    job = sent(api, "may.zip", packed.getvalue(), 21)
    assert (job["state"], job["ledger"]["claims"]["silver"]) == ("succeeded", 21)
    figures = api.get(f"/api/jobs/{job['jobId']}/quality")["reconciliation"]
    assert {figure["file"] for figure in figures} == {"may.zip/may/report.html"}
    (claim,) = api.get("/api/tables/fact_claims", filter=[f"_job_id={job['jobId']}", "fee_item=12345"])
    assert (claim["row"], claim["record_type"], claim["comments"]) == (2, "Paid", "Not Assigned")


def test_an_uploaded_report_hands_out_its_workbooks_and_goes_with_all_of_them(api):
    report = generate(40, seed=77, fault_rate=0).page
    form = {"files": {"file": ("april.html", report)}, "data": {"label": "April"}}
    receipts = [api.http.post("/api/upload", **form) for _ in range(2)]
    assert [receipt.status_code for receipt in receipts] == [202, 200]
    job = api.follow(receipts[0].json()["jobId"])
    assert (job["state"], job["jobName"]) == ("succeeded", "April")
    exports = {export["name"]: export["url"] for export in api.get(f"/api/jobs/{job['jobId']}/exports")}
    assert exports.keys() == {"output_combined.xlsx", "cleaned_output_combined.xlsx", "metadatafile.csv"}
    workbook = api.http.get(exports["cleaned_output_combined.xlsx"])
    header, *rows = openpyxl.load_workbook(io.BytesIO(workbook.content)).active.iter_rows(values_only=True)
    of_upload = {"filter": f"upload_id={job['jobId']}", "limit": 1000, "orderBy": "row"}
    loaded = api.get("/api/tables/cleanedclaims", **of_upload)
    assert [row[header.index("SeqNumber")] for row in rows] == [row["SeqNumber"] for row in loaded]
    assert len(loaded) == 40
    assert [row["label"] for row in api.get("/api/tables/CsvMetadata", filter=of_upload["filter"])] == ["April"]
    assert api.http.delete(f"/api/jobs/{job['jobId']}").json()["deletion"]["files"]["exports"] == 3
    assert api.get("/api/tables/CleanedClaims", **of_upload) == []
    assert api.http.get(exports["metadatafile.csv"]).status_code == 410


def test_a_file_of_another_kind_is_refused_where_one_kind_is_asked_for(api):
    for path, name in (("/api/upload", "claims.csv"), ("/api/upload_csv", "report.html")):
        content = page(SOUND) if name.endswith("html") else b"a,b\n1,2\n"
        answer = api.http.post(path, files={"file": (name, content)})
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_format")
        assert answer.headers["content-type"] == "application/problem+json"
    answer = api.http.post("/api/process", json={"html_url": "http://169.254.169.254/metadata"})
    assert (answer.status_code, answer.json()["code"]) == (400, "address_refused")
