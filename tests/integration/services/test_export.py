"""What a job of claims hands out: workbooks and CSV read as others read them, and tables that hold each row once."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from devkit.azurite.server import Azurite
from devkit.samples.claims import generate
from shared.adapters.warehouses.duckdb import DuckDBWarehouse
from shared.datasets.claims import exports
from shared.domain.job import JobState
from shared.errors import GoneError, NotFoundError
from shared.ports import Selection
from tests.datasets.claims.reports import DEFECTIVE, page
from tests.integration.services.conftest import Bench, message_of, right_after

PIPELINES = Path(__file__).parents[3] / "adf_pipelines/pipeline"
COLUMNS = [
    "SeqNumber", "ServiceDate", "PractitionerNumber", "PHN", "FeeItem", "ShadowBill", "OutOfProvince", "Billed",
    "Adjust", "Paid", "RecordType", "Comments",
]  # fmt: skip


def sheet(bench: Bench, job_id: str, name: str) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content(bench, job_id, name)))
    header, *rows = book.active.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def content(bench: Bench, job_id: str, name: str) -> bytes:
    return bench.app.export.read(bench.app.jobs.get(job_id).job, name)


def table(bench: Bench, name: str, *columns: str) -> list[dict[str, Any]]:
    return bench.app.explore.read(name, Selection(columns=columns, limit=100_000, order_by=["upload_id"])).to_pylist()


def run(bench: Bench, data: bytes, name: str = "march.html", **request: Any) -> str:
    view = bench.run(data, names=(name,), dataset="claims", as_of=None, **request)
    assert view.job.has_succeeded, view.job.problem
    return view.job.job_id


@pytest.fixture(scope="module")
def reported(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> tuple[Bench, str]:
    """A report with defects, and the job that it became."""
    bench = Bench(azurite, tmp_path_factory.mktemp("reported"))
    return bench, run(bench, page(DEFECTIVE), job_name="March")


def test_a_report_hands_out_its_claims_as_printed_and_as_accepted(reported: tuple[Bench, str]) -> None:
    bench, defective = reported
    names = set(bench.app.export.found(bench.app.jobs.get(defective).job))
    assert names == {"output_combined.xlsx", "cleaned_output_combined.xlsx", "metadatafile.csv"}
    printed = sheet(bench, defective, "output_combined.xlsx")
    assert list(printed[0]) == COLUMNS
    assert len(printed) == 200
    assert {type(value) for row in printed for value in row.values()} == {str, type(None)}
    assert printed[0]["PHN"].startswith("BC - ")
    cleaned = sheet(bench, defective, "cleaned_output_combined.xlsx")
    assert list(cleaned[0]) == [*COLUMNS, "upload_id", "row", "PHNToken"]
    assert [row["row"] for row in cleaned] == sorted(row["row"] for row in cleaned)
    assert len(cleaned) == 194
    accepted = {row["row"]: row for row in cleaned}
    for row, claim in enumerate(printed, 1):
        if row in accepted:
            for name in ("SeqNumber", "PHN", "FeeItem", "RecordType", "Comments"):
                assert accepted[row][name] == claim[name], (row, name)
    assert {type(row["Billed"]) for row in cleaned} <= {int, float}
    assert sum(row["ServiceDate"].year for row in cleaned) == 194 * 2031


def test_the_tables_hold_the_same_rows_with_tokens(reported: tuple[Bench, str]) -> None:
    bench, defective = reported
    cleaned = sheet(bench, defective, "cleaned_output_combined.xlsx")
    rows = {row["row"]: row for row in table(bench, "CLEANEDCLAIMS")}
    assert rows.keys() == {row["row"] for row in cleaned}
    for claim in cleaned:
        row = rows[claim["row"]]
        assert row["upload_id"] == row["_job_id"] == defective
        assert row["PHN"] == claim["PHNToken"]
        assert row["PHN"] != claim["PHN"] or claim["PHN"] is None
        assert (row["SeqNumber"], row["ServiceDate"]) == (claim["SeqNumber"], claim["ServiceDate"].date())
        assert (row["ShadowBill"], row["OutOfProvince"]) == (claim["ShadowBill"], claim["OutOfProvince"])
        for name in ("Billed", "Adjust", "Paid"):
            assert isinstance(row[name], Decimal)
            assert float(row[name]) == claim[name]
    facts = {row["row"]: row["phn"] for row in table_of_facts(bench)}
    assert all(row["PHN"].endswith(facts[number]) for number, row in rows.items() if facts[number])
    [facts_of_upload] = table(bench, "csvmetadata", "upload_id", "user_id", "filename", "label", "source_type")
    assert facts_of_upload == {
        "upload_id": defective, "user_id": "admin", "filename": "march.html", "label": "March", "source_type": "html",
    }  # fmt: skip
    [line] = csv.DictReader(io.StringIO(content(bench, defective, "metadatafile.csv").decode()))
    created = bench.app.jobs.get(defective).job.created_at
    assert line == {"upload_id": defective, "user_id": "admin", "timestamp": f"{created:%Y-%m-%dT%H:%M:%SZ}"}
    assert table(bench, "CsvUploads") == []


def table_of_facts(bench: Bench) -> list[dict[str, Any]]:
    return bench.app.explore.read("fact_claims", Selection(limit=1_000)).to_pylist()


def test_data_factory_finds_in_the_files_what_the_tables_hold(reported: tuple[Bench, str]) -> None:
    bench, defective = reported
    [switch] = msgspec.json.decode((PIPELINES / "ProcessUploaded.json").read_bytes())["properties"]["activities"]
    copies = {case["value"]: case["activities"][0]["typeProperties"] for case in switch["typeProperties"]["cases"]}
    tables = {one.name: {column for column, _ in one.columns} for one in bench.app.explore.tables()}
    columns = tables["CleanedClaims"] - {"_job_id", "_user_id", "_loaded_at"}
    pairs = {one["source"]["name"]: one["sink"]["name"] for one in copies["cleaned_claims"]["translator"]["mappings"]}
    assert set(pairs.values()) == columns
    [first, *_] = sheet(bench, defective, "cleaned_output_combined.xlsx")
    assert pairs.keys() == first.keys() - {"PHN"}
    for copy in ("cleaned_claims", "csv_upload"):
        assert copies[copy]["sink"]["upsertSettings"]["keys"] == ["upload_id", "row"]
    assert {"upload_id", "row", "data"} <= tables["CsvUploads"]


def test_whatever_repeats_a_job_leaves_each_row_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies while it writes the files is followed by one that writes all of them."""
    usual = exports.files

    def dying(job):
        yield next(iter(usual(job)))
        raise KeyboardInterrupt

    monkeypatch.setattr(exports, "files", dying)
    job = bench.receive(page("claims_300"), names=("a.html",), dataset="claims", as_of=None).job
    with pytest.raises(KeyboardInterrupt):
        bench.work()
    monkeypatch.undo()
    bench.app.process(message_of(job))
    assert bench.app.jobs.get(job.job_id).job.state is JobState.SUCCEEDED
    assert bench.app.jobs.get(job.job_id).gold_rows["fact_claims"] == len(table(bench, "CleanedClaims")) == 300
    files = {name: content(bench, job.job_id, name) for name in bench.app.export.found(job)}
    again = bench.receive(page("claims_300"), names=("a.html",), dataset="claims", as_of=None)
    assert (again.created, again.job.job_id) == (False, job.job_id)
    newer = run(bench, page("claims_300"), force=True)
    assert {row["upload_id"] for row in table(bench, "CleanedClaims")} == {newer}
    assert [row["upload_id"] for row in table(bench, "CsvMetadata")] == [newer]
    assert {name: content(bench, job.job_id, name) for name in bench.app.export.found(job)} == files


def test_a_job_whose_files_have_gone_is_loaded_and_says_what_it_lacks(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_files() -> None:
        for path in bench.app.blobs.list(bench.app.settings.bronze_container, ""):
            bench.app.blobs.delete(bench.app.settings.bronze_container, path)

    right_after(monkeypatch, DuckDBWarehouse, "load", lose_files)
    view = bench.app.jobs.get(run(bench, generate(20, seed=5, fault_rate=0).page))
    assert view.job.state is JobState.SUCCEEDED
    assert (view.timeline[-1].note or "").startswith("Not all exports could be made.")
    assert bench.app.export.found(view.job) == {}
    assert len(table(bench, "CleanedClaims")) == 20


def test_what_was_handed_out_goes_with_the_job(bench: Bench) -> None:
    defective = run(bench, page(DEFECTIVE))
    other = run(bench, generate(20, seed=5, fault_rate=0).page, "other.html")
    bench.app.delete(defective, "admin")
    stone = bench.app.jobs.get(defective).job
    assert stone.deletion is not None
    assert stone.deletion.files[bench.app.settings.exports_container] == 3
    assert stone.deletion.rows["CleanedClaims"] == 194
    assert {row["upload_id"] for row in table(bench, "CleanedClaims")} == {other}
    assert len(table(bench, "CsvMetadata")) == 1
    assert {path.split("/")[3] for path in bench.paths("exports")} == {other}
    with pytest.raises(GoneError):
        bench.app.export.read(stone, "output_combined.xlsx")


def test_a_name_that_is_none_of_the_exports_is_refused_with_those_there_are(reported: tuple[Bench, str]) -> None:
    bench, defective = reported
    job = bench.app.jobs.get(defective).job
    for name in ("nothing.xlsx", "../../../bronze/x", "", "OUTPUT_COMBINED.xlsx"):
        with pytest.raises(NotFoundError) as refused:
            bench.app.export.read(job, name)
        assert refused.value.details["known"] == list(bench.app.export.found(job))


CLAIMS = """SeqNumber,ServiceDate,PractitionerNumber,PHN,FeeItem,ShadowBill,OutOfProvince,Billed,Adjust,Paid,RecordType
1,2031-01-02,Z4898,BC - 9000000001,300,N,N,$10.00,$0.00,$10.00,Paid
2,2031-01-03,05001,BC - 9000000002,301,N,N,soon,$0.00,$20.00,Paid
"""


def test_claims_in_csv_are_kept_row_by_row_and_are_claims_too(bench: Bench) -> None:
    job_id = run(bench, CLAIMS.encode(), "march.csv", job_name="March")
    uploads = table(bench, "CsvUploads", "upload_id", "row", "data")
    assert [(row["upload_id"], row["row"]) for row in uploads] == [(job_id, 2), (job_id, 3)]
    first, second = (json.loads(row["data"]) for row in uploads)
    assert list(first) == CLAIMS.partition("\n")[0].split(",")
    assert (first["SeqNumber"], first["Billed"], second["Billed"]) == ("1", "$10.00", "soon")
    assert "9000000001" not in uploads[0]["data"]
    [cleaned] = table(bench, "CleanedClaims")
    assert (cleaned["row"], cleaned["SeqNumber"], cleaned["RecordType"]) == (2, "1", "Paid")
    exported = csv.DictReader(io.StringIO(content(bench, job_id, "csv_uploads/csvfile.csv").decode()))
    assert [(row["upload_id"], int(row["row"]), row["data"]) for row in exported] == [
        (row["upload_id"], row["row"], row["data"]) for row in uploads
    ]
    assert len(sheet(bench, job_id, "output_combined.xlsx")) == 2
    [facts] = table(bench, "CsvMetadata", "upload_id", "label", "source_type")
    assert facts == {"upload_id": job_id, "label": "March", "source_type": "csv"}


def test_csv_with_any_other_header_is_kept_all_the_same(bench: Bench) -> None:
    job_id = run(bench, "Été;PHN;=x\n1;9000000001;=1+1\n;;\n2;;+2\n".encode(), "anything.csv")
    rows = [(row["row"], json.loads(row["data"])) for row in table(bench, "CsvUploads")]
    token = rows[0][1].pop("PHN")
    assert rows == [(2, {"Été": "1", "=x": "=1+1"}), (4, {"Été": "2", "PHN": "", "=x": "+2"})]
    assert len(token) == 32
    assert table(bench, "CleanedClaims") == []
    assert sheet(bench, job_id, "cleaned_output_combined.xlsx") == []
