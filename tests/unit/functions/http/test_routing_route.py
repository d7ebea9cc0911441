from __future__ import annotations

import pytest

from shared.domain.routing import route


@pytest.fixture
def config(client, app):
    app.settings.small_batch_threshold, app.settings.engine = 10_000, "pyarrow"
    return lambda path: client.get(f"/api/routing_config/{path}").json()


def test_the_small_path_is_described_with_what_the_settings_say(config, app):
    app.settings.small_batch_threshold, app.settings.engine = 7, "pandas"

    assert config("small_batch") == {
        "pathType": "small_batch",
        "queueName": "small-batch-queue",
        "threshold": 7,
        "engine": "pandas",
        "pipelineName": "SmallBatchCleaningPipeline",
        "triggerInterval": "10 minutes",
        "expectedProcessingTime": "a few seconds",
    }


def test_the_large_path_is_described(config):
    described = config("large_batch")

    assert described["pathType"] == "large_batch"
    assert described["engine"] == "pyspark"
    assert described["pipelineName"] == "LargeBatchCleaningPipeline"
    assert described["triggerInterval"] == "10 hours"


@pytest.mark.parametrize(("records", "path"), [(1, "small_batch"), (10_001, "large_batch")])
def test_a_path_is_described_as_its_jobs_are_told(config, records, path):
    told, described = route(records, 1, 10_000), config(path)

    assert (told.path, told.queue, told.threshold) == (
        described["pathType"],
        described["queueName"],
        described["threshold"],
    )


@pytest.mark.parametrize("name", ["medium_batch", "SMALL_BATCH", "small-batch", "%2e%2e", "small_batch%00"])
def test_another_path_is_404_naming_those_there_are(client, name):
    answer = client.get(f"/api/routing_config/{name}")

    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown_path_type"
    assert answer.json()["known"] == ["small_batch", "large_batch"]
    assert "small_batch, large_batch" in answer.json()["advice"]
