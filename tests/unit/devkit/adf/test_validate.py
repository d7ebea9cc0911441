"""The project's definitions are sound, and a copy that is broken on purpose is found out: file, path and reason."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from devkit.adf.factory import load_factory
from devkit.adf.local.place import PIPELINES
from devkit.adf.support import require_supported
from devkit.adf.validate import validate
from tests.unit.devkit.adf import breaks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Json = dict[str, Any]
SMALL, LARGE = "pipeline/SmallBatchCleaningPipeline.json", "pipeline/LargeBatchCleaningPipeline.json"
PUBLISH, UPLOADED = "pipeline/PublishGold.json", "pipeline/ProcessUploaded.json"
SWEEP, READY = "$.properties.activities[0]", "$.properties.activities[1]"
JOBS = "$.properties.activities[1].typeProperties.activities"


COPIES = "$.properties.activities[0].typeProperties.ifTrueActivities[1].typeProperties.activities[0]"
BREAKS: list[tuple[str, Callable[[Json], None], str, str]] = [
    (
        PUBLISH,
        breaks.misspell_a_dataset,
        f"{COPIES}.inputs[0].referenceName",
        "There is no dataset 'ParquetFoldr' (did you mean 'ParquetFolder'?).",
    ),
    (
        SMALL,
        breaks.call_a_pipeline_that_is_not_there,
        f"{JOBS}[0].typeProperties.pipeline.referenceName",
        "There is no pipeline 'PublishSilver' (did you mean 'PublishGold'?).",
    ),
    (
        SMALL,
        breaks.forget_an_argument,
        f"{JOBS}[0].typeProperties",
        "The pipeline 'PublishGold' needs the parameter 'runId'.",
    ),
    (
        SMALL,
        breaks.give_an_argument_too_many,
        f"{JOBS}[0].typeProperties.parameters.jobid",
        "The pipeline 'PublishGold' has no parameter 'jobid' (did you mean 'jobId'?).",
    ),
    (SMALL, breaks.forget_a_property, f"{SWEEP}.typeProperties", "The property 'method' is missing."),
    (
        SMALL,
        breaks.misspell_a_property,
        f"{SWEEP}.policy.retryIntervalInSecond",
        "The property 'retryIntervalInSecond' is unknown here (did you mean 'retryIntervalInSeconds'?).",
    ),
    (
        SMALL,
        breaks.make_a_property_a_text,
        f"{READY}.typeProperties.isSequential",
        "A boolean is expected, not a text.",
    ),
    (
        SMALL,
        breaks.misspell_a_type,
        f"{SWEEP}.type",
        "'WebActivty' is no known type (did you mean 'WebActivity'?).",
    ),
    (
        SMALL,
        breaks.leave_a_parenthesis_open,
        f"{READY}.typeProperties.items.value",
        (
            "')' is missing, the expression ends here. The arguments of a function stand in ( and ), with commas "
            "between them. In the expression '@first(activity('Sweep').output.ready', at position 37."
        ),
    ),
    (
        SMALL,
        breaks.misspell_a_function,
        f"{READY}.typeProperties.items.value",
        (
            "The function 'frist' is unknown (did you mean 'first'?). In the expression "
            "'@frist(activity('Sweep').output.ready)', at position 1."
        ),
    ),
    (
        SMALL,
        breaks.give_a_function_too_little,
        f"{READY}.typeProperties.items.value",
        "The function 'split' takes 2 arguments. In the expression '@split('a')', at position 1.",
    ),
    (
        SMALL,
        breaks.ask_an_activity_that_is_not_there,
        f"{READY}.typeProperties.items.value",
        (
            "No activity 'Swep' can be seen from here (did you mean 'Sweep'?). In the expression "
            "'@activity('Swep').output.ready', at position 1."
        ),
    ),
    (
        SMALL,
        breaks.ask_an_activity_without_waiting_for_it,
        f"{READY}.typeProperties.items.value",
        (
            "No activity 'Sweep' can be seen from here. In the expression "
            "'@activity('Sweep').output.ready', at position 1."
        ),
    ),
    (
        SMALL,
        breaks.ask_for_a_parameter_that_is_not_there,
        f"{SWEEP}.typeProperties.body.value",
        (
            "There is no 'maxJob' (did you mean 'maxJobs'?); known: maxJobs. In the expression "
            "'@string(pipeline().parameters.maxJob)', at position 29."
        ),
    ),
    (
        SMALL,
        breaks.ask_for_a_global_parameter_that_is_not_there,
        f"{SWEEP}.typeProperties.url.value",
        "There is no 'appURI' (did you mean 'appUrl'?); known: ",
    ),
    (
        SMALL,
        breaks.ask_for_an_item_outside_a_loop,
        f"{SWEEP}.typeProperties.body.value",
        "'item' has no meaning here. In the expression '@item().jobId', at position 1.",
    ),
    (
        SMALL,
        breaks.ask_for_a_variable_that_is_not_there,
        f"{SWEEP}.typeProperties.body.value",
        "No variable 'count' can be seen from here. In the expression '@variables('count')', at position 1.",
    ),
    (
        SMALL,
        breaks.depend_on_nothing,
        f"{READY}.dependsOn[0].activity",
        "There is no activity 'Sweeep' beside this one (did you mean 'Sweep'?).",
    ),
    (
        SMALL,
        breaks.depend_in_a_circle,
        f"{SWEEP}.dependsOn[0].activity",
        "'Sweep' and 'PublishReady' wait for each other.",
    ),
    (
        SMALL,
        breaks.depend_in_an_unknown_way,
        f"{READY}.dependsOn[0].dependencyConditions",
        "'Success' is none of Succeeded, Failed, Skipped, Completed",
    ),
    (SMALL, breaks.repeat_a_name, f"{JOBS}[0].name", "Several activities are called 'Sweep'."),
    (LARGE, breaks.nest_a_loop, f"{JOBS}[9]", "ForEach must not stand within ForEach; call a pipeline."),
    (LARGE, breaks.enlarge_the_batch, f"{READY}.typeProperties.batchCount", "A batch count is 1 to 50, not 51."),
    (
        SMALL,
        breaks.come_back_to_oneself,
        f"{JOBS}[0].typeProperties.pipeline",
        "The pipeline 'SmallBatchCleaningPipeline' comes back to 'SmallBatchCleaningPipeline'.",
    ),
    (SMALL, breaks.use_a_parameter_no_more, "$.properties.parameters.maxJobs", "Nothing uses the parameter 'maxJobs'."),
    (
        SMALL,
        breaks.give_a_default_of_another_type,
        "$.properties.parameters.maxJobs",
        "The default is of another type than int: a text.",
    ),
    (
        SMALL,
        breaks.set_a_variable_from_itself,
        "$.properties.activities[2].typeProperties.value",
        "'seen' must not be set from itself; use another variable.",
    ),
    (SMALL, breaks.rename, "$.name", "The name 'SmallBatch' is not that of the file."),
    (
        "trigger/EveryTenHours.json",
        breaks.start_a_pipeline_that_is_not_there,
        "$.properties.pipelines[0].pipelineReference.referenceName",
        "There is no pipeline 'LargeBatch'",
    ),
    (
        "trigger/EveryTenHours.json",
        breaks.fire_in_an_unknown_rhythm,
        "$.properties.typeProperties.recurrence",
        "The frequency 'Decade' is none of Minute, Hour, Day, Week, Month.",
    ),
    (
        "trigger/EveryTenHours.json",
        breaks.start_at_no_time,
        "$.properties.typeProperties.recurrence",
        "The recurrence has no startTime.",
    ),
    (
        "trigger/ExportArrived.json",
        breaks.wait_for_files_of_no_container,
        "$.properties.typeProperties.blobPathBeginsWith",
        "A path of files begins with their container: /container/blobs/folder/.",
    ),
    (
        "trigger/ExportArrived.json",
        breaks.ask_an_event_for_what_it_does_not_tell,
        "$.properties.pipelines[0].parameters.fileName",
        ("There is no 'name'; known: fileName, folderPath. In the expression '@triggerBody().name', at position 14."),
    ),
    (
        "dataset/ParquetFolder.json",
        breaks.ask_a_dataset_for_a_parameter_it_does_not_have,
        "$.properties.typeProperties.location.folderPath.value",
        "There is no 'path'; known: container, folder, storageUrl. In the expression '@dataset().path', at position 10",
    ),
    (
        "linkedService/OperationalMySql.json",
        breaks.write_a_password,
        "$.properties.typeProperties.connectionString",
        "A part of the text is a secret; refer to the key vault.",
    ),
    (
        "linkedService/Databricks.json",
        breaks.write_a_secure_string,
        "$.properties.typeProperties.accessToken",
        "A SecureString is a secret; refer to the key vault.",
    ),
    (
        "globalParameters/prod.json",
        breaks.forget_a_global_parameter,
        "$",
        "The global parameter 'synapseSchema' of other environments is missing.",
    ),
]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the project's definitions."""
    return shutil.copytree(PIPELINES, tmp_path / "adf")


def test_the_definitions_of_the_project_are_sound() -> None:
    assert validate(PIPELINES) == []


@pytest.mark.parametrize(("file", "spoil", "path", "reason"), BREAKS, ids=[row[1].__name__ for row in BREAKS])
def test_a_break_is_found_with_its_file_path_and_reason(
    copied: Path, file: str, spoil: Callable[[Json], None], path: str, reason: str
) -> None:
    content = json.loads((copied / file).read_text("utf-8"))
    spoil(content)
    (copied / file).write_text(json.dumps(content), "utf-8")

    found = [each for each in validate(copied) if each.path == path and each.reason.startswith(reason)]

    assert [each.file for each in found] == [copied / file]
    assert "swordfish" not in str(validate(copied))


@pytest.mark.parametrize("file", [SMALL, LARGE, PUBLISH, UPLOADED])
def test_all_that_is_wrong_with_a_pipeline_is_found_at_once(copied: Path, file: str) -> None:
    content = json.loads((copied / file).read_text("utf-8"))
    first = len(content["properties"]["activities"])
    expected = breaks.everywhere(content)
    (copied / file).write_text(json.dumps(content), "utf-8")

    found = [each for each in validate(copied) if each.file == copied / file]

    for place, reason in expected.items():
        path = re.sub(r"^\+(\d+)", lambda match: f"$.properties.activities[{first + int(match[1])}]", place)
        assert [each for each in found if each.path == path and each.reason.startswith(reason)], (path, reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"name": "X", "properties": {}', "No JSON: Expecting ',' delimiter in line 1, column 31."),
        ('{"name": "X", "name": "X", "properties": {}}', "'name' is there twice in one object."),
        ('{"name": "X"}', "A definition is an object with 'name' and 'properties'."),
        ('{"properties": {}}', "The definition has no 'name'."),
    ],
)
def test_a_file_that_holds_no_definition_is_found(copied: Path, text: str, reason: str) -> None:
    file = copied / "trigger" / "X.json"
    file.write_text(text, "utf-8")

    assert [(each.file, each.path, each.reason) for each in validate(copied)] == [(file, "$", reason)]


def test_every_pipeline_can_be_run_here() -> None:
    factory = load_factory(PIPELINES)
    for pipeline in factory.definitions["pipeline"].values():
        require_supported(factory, pipeline)
