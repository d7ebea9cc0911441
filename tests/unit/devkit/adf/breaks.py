"""Ways to break a sound definition."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def activities(content: Json) -> list[Json]:
    return content["properties"]["activities"]


def inner(content: Json) -> list[Json]:
    return activities(content)[1]["typeProperties"]["activities"]


def misspell_a_dataset(content: Json) -> None:
    branch = activities(content)[0]["typeProperties"]["ifTrueActivities"]
    branch[1]["typeProperties"]["activities"][0]["inputs"][0]["referenceName"] = "ParquetFoldr"


def call_a_pipeline_that_is_not_there(content: Json) -> None:
    inner(content)[0]["typeProperties"]["pipeline"]["referenceName"] = "PublishSilver"


def forget_an_argument(content: Json) -> None:
    del inner(content)[0]["typeProperties"]["parameters"]["runId"]


def give_an_argument_too_many(content: Json) -> None:
    inner(content)[0]["typeProperties"]["parameters"]["jobid"] = "x"


def forget_a_property(content: Json) -> None:
    del activities(content)[0]["typeProperties"]["method"]


def misspell_a_property(content: Json) -> None:
    activities(content)[0]["policy"]["retryIntervalInSecond"] = 30


def make_a_property_a_text(content: Json) -> None:
    activities(content)[1]["typeProperties"]["isSequential"] = "yes"


def misspell_a_type(content: Json) -> None:
    activities(content)[0]["type"] = "WebActivty"


def leave_a_parenthesis_open(content: Json) -> None:
    activities(content)[1]["typeProperties"]["items"]["value"] = "@first(activity('Sweep').output.ready"


def misspell_a_function(content: Json) -> None:
    activities(content)[1]["typeProperties"]["items"]["value"] = "@frist(activity('Sweep').output.ready)"


def give_a_function_too_little(content: Json) -> None:
    activities(content)[1]["typeProperties"]["items"]["value"] = "@split('a')"


def ask_an_activity_that_is_not_there(content: Json) -> None:
    activities(content)[1]["typeProperties"]["items"]["value"] = "@activity('Swep').output.ready"


def ask_an_activity_without_waiting_for_it(content: Json) -> None:
    activities(content)[1]["dependsOn"] = []


def ask_for_a_parameter_that_is_not_there(content: Json) -> None:
    activities(content)[0]["typeProperties"]["body"]["value"] = "@string(pipeline().parameters.maxJob)"


def ask_for_a_global_parameter_that_is_not_there(content: Json) -> None:
    activities(content)[0]["typeProperties"]["url"]["value"] = "@pipeline().globalParameters.appURI"


def ask_for_an_item_outside_a_loop(content: Json) -> None:
    activities(content)[0]["typeProperties"]["body"]["value"] = "@item().jobId"


def ask_for_a_variable_that_is_not_there(content: Json) -> None:
    activities(content)[0]["typeProperties"]["body"]["value"] = "@variables('count')"


def depend_on_nothing(content: Json) -> None:
    activities(content)[1]["dependsOn"][0]["activity"] = "Sweeep"


def depend_in_a_circle(content: Json) -> None:
    activities(content)[0]["dependsOn"] = [{"activity": "PublishReady", "dependencyConditions": ["Succeeded"]}]


def depend_in_an_unknown_way(content: Json) -> None:
    activities(content)[1]["dependsOn"][0]["dependencyConditions"] = ["Success"]


def repeat_a_name(content: Json) -> None:
    inner(content)[0]["name"] = "Sweep"


def nest_a_loop(content: Json) -> None:
    inner(content).append(
        {
            "name": "Again",
            "type": "ForEach",
            "typeProperties": {"items": {"type": "Expression", "value": "@array(1)"}, "activities": []},
        }
    )


def enlarge_the_batch(content: Json) -> None:
    activities(content)[1]["typeProperties"]["batchCount"] = 51


def come_back_to_oneself(content: Json) -> None:
    inner(content)[0]["typeProperties"]["pipeline"]["referenceName"] = "SmallBatchCleaningPipeline"
    inner(content)[0]["typeProperties"]["parameters"] = {}


def use_a_parameter_no_more(content: Json) -> None:
    activities(content)[0]["typeProperties"]["body"] = "{}"


def give_a_default_of_another_type(content: Json) -> None:
    content["properties"]["parameters"]["maxJobs"]["defaultValue"] = "20"


def set_a_variable_from_itself(content: Json) -> None:
    content["properties"]["variables"] = {"seen": {"type": "String"}}
    value = {"variableName": "seen", "value": "@concat(variables('seen'), 'x')"}
    activities(content).append({"name": "Note", "type": "SetVariable", "typeProperties": value})


def rename(content: Json) -> None:
    content["name"] = "SmallBatch"


def start_a_pipeline_that_is_not_there(content: Json) -> None:
    content["properties"]["pipelines"][0]["pipelineReference"]["referenceName"] = "LargeBatch"


def fire_in_an_unknown_rhythm(content: Json) -> None:
    content["properties"]["typeProperties"]["recurrence"]["frequency"] = "Decade"


def start_at_no_time(content: Json) -> None:
    content["properties"]["typeProperties"]["recurrence"]["startTime"] = None


def wait_for_files_of_no_container(content: Json) -> None:
    content["properties"]["typeProperties"]["blobPathBeginsWith"] = "exports/"


def ask_an_event_for_what_it_does_not_tell(content: Json) -> None:
    content["properties"]["pipelines"][0]["parameters"]["fileName"] = "@triggerBody().name"


def ask_a_dataset_for_a_parameter_it_does_not_have(content: Json) -> None:
    content["properties"]["typeProperties"]["location"]["folderPath"]["value"] = "@dataset().path"


def write_a_password(content: Json) -> None:
    content["properties"]["typeProperties"]["connectionString"] = "Server=db;User=u;Password=swordfish"


def write_a_secure_string(content: Json) -> None:
    content["properties"]["typeProperties"]["accessToken"] = {"type": "SecureString", "value": "swordfish"}


def forget_a_global_parameter(content: Json) -> None:
    del content["synapseSchema"]


def note(name: str, value: Any, variable: str = "note", *after: str) -> Json:
    """An activity that sets a variable."""
    return {
        "name": name,
        "type": "SetVariable",
        "dependsOn": [{"activity": each, "dependencyConditions": ["Succeeded"]} for each in after],
        "typeProperties": {"variableName": variable, "value": value},
    }


def everywhere(content: Json) -> dict[str, str]:
    """Break any pipeline in a dozen ways at once; returns reasons by paths; ``+n`` is the n-th new activity."""
    properties = content["properties"]
    properties["variables"] = {"note": {"type": "String"}, "idle": {"type": "String"}}
    properties.setdefault("parameters", {}).update(idle={"type": "int", "defaultValue": "one"})
    call = {"pipeline": {"referenceName": "Nowhere", "type": "PipelineReference"}, "waitOnCompletion": "always"}
    properties["activities"] += [
        note("Syntax", "@concat('a'"),
        note("Function", "@concatenate('a', 'b')"),
        note("Parameter", "@pipeline().parameters.nobody"),
        note("Activity", "@activity('Later').output"),
        note("Item", "@item()"),
        note("Variable", "x", "nobody"),
        note("Circle", "x", "note", "Circle"),
        note("Nobody", "x", "note", "Nobody knows"),
        {"name": "Call", "type": "ExecutePipeline", "typeProperties": call},
        {"name": "Twice", "type": "Wait", "typeProperties": {"waitTimeInSeconds": 1, "seconds": 1}},
        {"name": "Twice", "type": "Wait", "typeProperties": {}},
        {"name": "Kind", "type": "Wiat", "typeProperties": {}},
    ]
    return {
        "+0.typeProperties.value": "')' is missing, the expression ends here.",
        "+1.typeProperties.value": "The function 'concatenate' is unknown (did you mean 'concat'?).",
        "+2.typeProperties.value": "There is no 'nobody'",
        "+3.typeProperties.value": "No activity 'Later' can be seen from here.",
        "+4.typeProperties.value": "'item' has no meaning here.",
        "+5.typeProperties.variableName": "There is no variable 'nobody'",
        "+6.dependsOn[0].activity": "'Circle' and 'Circle' wait for each other.",
        "+7.dependsOn[0].activity": "There is no activity 'Nobody knows' beside this one",
        "+8.typeProperties.pipeline.referenceName": "There is no pipeline 'Nowhere'.",
        "+8.typeProperties.waitOnCompletion": "A boolean is expected, not a text.",
        "+9.typeProperties.seconds": "The property 'seconds' is unknown here",
        "+10.typeProperties": "The property 'waitTimeInSeconds' is missing.",
        "+10.name": "Several activities are called 'Twice'.",
        "+11.type": "'Wiat' is no known type (did you mean 'Wait'?).",
        "$.properties.parameters.idle": "Nothing uses the parameter 'idle'.",
        "$.properties.variables.idle": "Nothing uses the variable 'idle'.",
    }
