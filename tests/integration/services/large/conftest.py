"""The notebooks on Spark in this process, with the files of a job brought here and what they write taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from devkit.adf.local.dbutils import DbUtils, NotebookExit
from shared.services.large.reports import Reports
from shared.services.large.shard import Shard

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from shared.bootstrap import App
    from shared.domain.job import Job
    from shared.domain.manifest import Manifest
    from shared.domain.shards import ShardIndex

NOTEBOOKS = Path(__file__).parents[4] / "adf_pipelines" / "notebooks"
RUN = "r-large"


@dataclass(frozen=True)
class LargePath:
    """Takes a job of an app from shards to gold."""

    app: App
    spark: SparkSession
    folder: Path

    @property
    def reports(self) -> Reports:
        outputs = self.app.process.outputs
        return Reports(outputs.blobs, outputs.layout, self.app.process.records)

    def shard(self, job: Job) -> ShardIndex:
        reports = self.reports
        return Shard(reports.blobs, reports.layout, reports.records)(job)

    def run(self, job: Job) -> tuple[Manifest, list[dict[str, Any]]]:
        """Run both notebooks; returns the manifest and what each notebook said at its end."""
        self.shard(job)
        layout, said = self.reports.layout, []
        places = {
            "inputUri": layout.staged(job.job_id),
            "workUri": layout.work(job.job_id, RUN),
            "silverUri": layout.cleaned(job, RUN),
            "quarantineUri": layout.quarantine(job, RUN),
            "goldUri": layout.analytics(job, RUN),
            "manifestUri": (layout.manifests, f"{job.job_id}/{RUN}/"),
        }
        widgets = {
            **{name: f"{self.folder.as_uri()}/{container}/{prefix}" for name, (container, prefix) in places.items()},
            "userId": job.user_id,
            "parentJobId": job.parent_job_id,
            "jobId": job.job_id,
            "runId": RUN,
            "dataset": job.dataset,
            "contractVersion": str(job.contract_version),
            "asOf": job.as_of.isoformat(),
        }
        self._bring(*places["inputUri"])
        for name in ("bronze_to_silver_pyspark", "silver_to_gold_pyspark"):
            said.append(self._notebook(name, widgets))
        for name in ("silverUri", "quarantineUri", "goldUri", "manifestUri"):
            self._take_back(*places[name])
        assert not (self.folder / layout.staging / job.job_id / RUN).exists(), "the notebooks clear up behind them"
        return self.reports.gold(job, RUN), said

    def _notebook(self, name: str, widgets: dict[str, str]) -> dict[str, Any]:
        key = self.app.settings.token_key.get_secret_value()
        names = {"spark": self.spark, "dbutils": DbUtils(widgets, {"STRATA_TOKEN_KEY": key})}
        with pytest.raises(NotebookExit) as end:
            exec((NOTEBOOKS / f"{name}.py").read_text("utf-8"), names)
        return json.loads(end.value.value)

    def _bring(self, container: str, prefix: str) -> None:
        for path in self.app.blobs.list(container, prefix):
            file = self.folder / container / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self.app.blobs.get(container, path))

    def _take_back(self, container: str, prefix: str) -> None:
        root = self.folder / container
        for file in sorted((root / prefix).rglob("*")):
            if file.suffix in {".parquet", ".json"} and not file.name.startswith("."):
                self.app.blobs.put(container, str(file.relative_to(root)), file.read_bytes())
