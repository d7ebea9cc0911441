"""Copies, scripts and look-ups against the local system: real files, the real warehouse."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from tests.factories import activity
from tests.integration.devkit.adf.helpers import expression, parquet

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.adf.runs import PipelineRun
    from tests.factories import Json

    Run = Callable[..., PipelineRun]
    Store = Callable[[str, bytes], Any]


def reference(dataset: str, **parameters: str) -> Json:
    return {"referenceName": dataset, "type": "DatasetReference", "parameters": parameters}


def copy(files: str, folder: str, tables: str, table: str, *after: str, name: str = "Copy", **more: Any) -> Json:
    """A copy of a folder's files into a table; what it is to do differently is in ``more``."""
    kinds = {"Parquet": "ParquetSource", "Csv": "DelimitedTextSource", "Excel": "ExcelSource"}
    sinks = {"Warehouse": "SqlDWSink", "Operational": "AzureMySqlSink"}
    source, sink = {"type": kinds[files], **more.pop("source", {})}, {"type": sinks[tables], **more.pop("sink", {})}
    made = activity(name, "Copy", {"source": source, "sink": sink, **more}, *after)
    return {**made, "inputs": [reference(files, folder=folder)], "outputs": [reference(tables, table=table)]}


def lookup(query: str, *after: str) -> Json:
    source = {"type": "SqlDWSource", "sqlReaderQuery": query}
    properties = {"source": source, "dataset": reference("Warehouse", table="any"), "firstRowOnly": False}
    return activity("Rows", "Lookup", properties, *after)


def rows(run: PipelineRun) -> list[Json]:
    assert run.problem is None
    return run.of("Rows")[0].output["value"]


CREATE = {"tableOption": "autoCreate"}


def test_all_parquet_files_of_a_folder_become_a_table(run: Run, store: Store) -> None:
    store("orders/part-1.parquet", parquet(id=[1, 2], name=["a", None]))
    store("orders/part-2.parquet", parquet(id=[3], name=["c"]))
    store("orders_old/part-1.parquet", parquet(id=[9], name=["z"]))

    done = run(
        copy("Parquet", "orders", "Warehouse", "stg_orders", sink=CREATE),
        lookup("SELECT * FROM stg_orders ORDER BY id", "Copy"),
    )

    assert rows(done) == [{"id": 1, "name": "a"}, {"id": 2, "name": None}, {"id": 3, "name": "c"}]
    output = done.of("Copy")[0].output
    assert (output["filesRead"], output["rowsCopied"]) == (2, 3)


def test_what_stands_before_a_copy_runs_first(run: Run, store: Store) -> None:
    store("fresh/part.parquet", parquet(id=[1]))
    drop = {**CREATE, "preCopyScript": expression('@concat(\'DROP TABLE IF EXISTS "synapse"."stg_fresh"\')')}
    again = copy("Parquet", "fresh", "Warehouse", "stg_fresh", "Copy", name="Again", sink=drop)

    done = run(
        copy("Parquet", "fresh", "Warehouse", "stg_fresh", sink=drop), again, lookup("SELECT * FROM stg_fresh", "Again")
    )

    assert rows(done) == [{"id": 1}]


def test_csv_is_text_and_is_upserted_by_its_keys(run: Run, store: Store) -> None:
    upsert = {**CREATE, "writeBehavior": "Upsert", "upsertSettings": {"keys": ["id"]}}
    store("first/a.csv", b'id;name\n1;"x;\ny"\n2;\n')
    store("second/a.csv", b"id;name\n2;two\n3;three\n")
    first = copy("Csv", "first", "Warehouse", "uploads", sink=upsert)
    second = copy("Csv", "second", "Warehouse", "uploads", "Copy", name="Second", sink=upsert)

    done = run(first, second, lookup("SELECT * FROM uploads ORDER BY id", "Second"))

    assert rows(done) == [{"id": "1", "name": "x;\ny"}, {"id": "2", "name": "two"}, {"id": "3", "name": "three"}]


def test_a_sheet_is_copied_under_the_names_that_the_mapping_says(run: Run, store: Store) -> None:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate([("Nr", "Paid"), (1, 2.5), (2, "")]):
            sheet.write_row(number, 0, row)
    store("sheets/claims.xlsx", output.getvalue())
    pairs = [
        {"source": {"name": "Paid"}, "sink": {"name": "paid"}},
        {"source": {"name": "file"}, "sink": {"name": "file"}},
    ]
    source = {"additionalColumns": [{"name": "file", "value": "$$FILEPATH"}]}

    done = run(
        copy(
            "Excel",
            "sheets",
            "Warehouse",
            "claims",
            sink=CREATE,
            source=source,
            translator={"type": "TabularTranslator", "mappings": pairs},
        ),
        lookup("SELECT * FROM claims", "Copy"),
    )

    assert rows(done) == [{"paid": "2.5", "file": "sheets/claims.xlsx"}, {"paid": None, "file": "sheets/claims.xlsx"}]


def test_the_operational_database_is_a_schema_of_its_own(run: Run, store: Store) -> None:
    store("ops/part.parquet", parquet(id=[7]))
    truncate = {"preCopyScript": "CREATE TABLE IF NOT EXISTS stg_ops (id BIGINT)"}

    done = run(
        copy("Parquet", "ops", "Operational", "stg_ops", sink=truncate),
        lookup("SELECT * FROM staging.stg_ops", "Copy"),
    )

    assert rows(done) == [{"id": 7}]


def script(*texts: tuple[str, str]) -> Json:
    scripts = [{"type": kind, "text": text} for kind, text in texts]
    made = activity("Script", "Script", {"scripts": scripts})
    return {**made, "linkedServiceName": {"referenceName": "Synapse", "type": "LinkedServiceReference"}}


def test_a_script_tells_what_it_found_and_changed(run: Run) -> None:
    done = run(
        script(
            ("NonQuery", "CREATE TABLE IF NOT EXISTS counted (n INTEGER); INSERT INTO counted VALUES (1), (2)"),
            ("Query", "SELECT n FROM counted ORDER BY n"),
        )
    )

    output = done.of("Script")[0].output
    assert output["resultSets"][0]["rows"] == [{"n": 1}, {"n": 2}]
    assert (output["resultSetCount"], output["recordsAffected"]) == (1, 2)


def test_a_script_that_is_no_sql_fails_with_what_the_database_says(run: Run) -> None:
    problem = run(script(("NonQuery", "SELEKT 1"))).of("Script")[0].problem

    assert problem is not None
    assert problem.code == "SqlFailed"
    assert "SELEKT" in problem.message


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (copy("Parquet", "nothing", "Warehouse", "none", sink=CREATE), "PathNotFound"),
        (copy("Csv", "spoilt", "Warehouse", "none", sink={"writeBehavior": "Upsert"}), "InvalidSink"),
        (copy("Parquet", "spoilt", "Warehouse", "none", sink=CREATE, translator={"mappings": [1]}), "InvalidFile"),
    ],
    ids=["no file", "no keys", "another kind of file"],
)
def test_a_copy_that_cannot_be_done_says_why(run: Run, store: Store, made: Json, code: str) -> None:
    store("spoilt/a.csv", b"id;name\n1;2\n")

    problem = run(made).of("Copy")[0].problem

    assert problem is not None
    assert problem.code == code
