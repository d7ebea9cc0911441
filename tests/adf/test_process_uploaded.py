"""ProcessUploaded: which table a file goes to, by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devkit.adf.runs import State
from tests.adf.stand_ins import Files

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.adf.runs import PipelineRun
    from tests.adf.stand_ins import App

    Run = Callable[..., PipelineRun]

COPY = "/admin/warehouse/copy"


@pytest.mark.parametrize(
    ("folder", "file", "table", "keys"),
    [
        ("exports/u/p/j/csv_uploads", "orders.csv", "synapse.CsvUploads", "upload_id,row"),
        ("exports/u/p/j", "metadatafile.csv", "synapse.CsvMetadata", "upload_id"),
    ],
)
def test_a_file_goes_to_the_table_of_its_kind(
    run: Run, app: App, folder: str, file: str, table: str, keys: str
) -> None:
    done = run("ProcessUploaded", Files(f"{folder.partition('/')[2]}/{file}"), folderPath=folder, fileName=file)

    assert done.state == State.SUCCEEDED
    assert app.asked == [(COPY, {"table": table, "create": "true", "keys": keys})]


def test_any_other_file_is_let_be(run: Run, app: App) -> None:
    done = run("ProcessUploaded", folderPath="exports/u/p/j", fileName="rejections.xlsx")

    assert done.state == State.SUCCEEDED
    assert app.asked == []


def test_a_file_that_is_gone_fails_after_its_tries(run: Run, app: App) -> None:
    done = run("ProcessUploaded", Files("elsewhere"), folderPath="exports/u/csv_uploads", fileName="a.csv")

    copy = done.of("CopyCsvUploads")[0]
    assert (done.state, copy.attempt) == (State.FAILED, 4)
    assert copy.problem is not None
    assert copy.problem.message == "There is no file at exports/u/csv_uploads/a.csv."
