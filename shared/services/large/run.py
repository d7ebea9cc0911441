"""One run of a large job on Spark: what its notebooks are told, and how the session has to be set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.datasets.catalogue import load_dataset
from shared.domain.moments import in_utc
from shared.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.datasets.catalogue import Dataset

_OUTPUT_BYTES = 128 << 20
_SETTINGS = {
    # A cast that fails is an error, and times have no zone of the machine they are computed on.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.files.maxPartitionBytes": str(_OUTPUT_BYTES),
    # Rows of several tables are written side by side, instead of being sorted by table first.
    "spark.sql.maxConcurrentOutputFileWriters": "64",
}


@dataclass(frozen=True, slots=True)
class LargeRun:
    """What a notebook is told of its run.

    ``input_uri`` holds the job's shards and the keys that its rows may refer to, ``work_uri`` is for what is needed
    only while the run lasts. Silver, quarantine and gold go to folders of their own, reports to ``manifest_uri``; all
    of these are folders and end with a slash.
    """

    job_id: str
    run_id: str
    user_id: str
    dataset: str
    contract_version: int
    as_of: datetime
    input_uri: str
    work_uri: str
    silver_uri: str
    quarantine_uri: str
    gold_uri: str
    manifest_uri: str

    @classmethod
    def of_widgets(cls, get: Callable[[str], str]) -> LargeRun:
        """Read the widgets of a notebook; ``get`` returns the text of one by its name."""
        return cls(
            job_id=get("jobId"),
            run_id=get("runId"),
            user_id=get("userId"),
            dataset=get("dataset"),
            contract_version=int(get("contractVersion")),
            as_of=in_utc(datetime.fromisoformat(get("asOf"))),
            input_uri=get("inputUri"),
            work_uri=get("workUri"),
            silver_uri=get("silverUri"),
            quarantine_uri=get("quarantineUri"),
            gold_uri=get("goldUri"),
            manifest_uri=get("manifestUri"),
        )

    def load_dataset(self) -> Dataset:
        """Return the dataset; raises :class:`ConflictError` when its contract here is not the version of the job."""
        dataset = load_dataset(self.dataset)
        if dataset.contract.version != self.contract_version:
            raise ConflictError(
                f"The job needs version {self.contract_version} of the contract of {self.dataset}, "
                f"but the package on the cluster has version {dataset.contract.version}.",
                code="other_contract_version",
                advice="Install the wheel of the function app's release on the cluster, and run the job again.",
            )
        return dataset


def configure(session: Any) -> None:
    """Set what the rules need of a Spark session, wherever it was made."""
    for name, value in _SETTINGS.items():
        session.conf.set(name, value)
