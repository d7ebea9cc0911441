"""The types of activities that can be run here."""

from __future__ import annotations

from devkit.adf.activities.activity import ActivityType
from devkit.adf.activities.blocks import run_for_each, run_if, run_switch, run_until
from devkit.adf.activities.copy import run_copy, unsupported_copy
from devkit.adf.activities.notebook import run_notebook, unsupported_notebook
from devkit.adf.activities.pipelines import run_execute_pipeline
from devkit.adf.activities.sql import run_lookup, run_script, unsupported_lookup, unsupported_script
from devkit.adf.activities.values import run_append_variable, run_fail, run_filter, run_set_variable, run_wait
from devkit.adf.activities.web import run_web, unsupported_web

ACTIVITIES: dict[str, ActivityType] = {
    "AppendVariable": ActivityType(run_append_variable),
    "Copy": ActivityType(run_copy, unsupported_copy),
    "DatabricksNotebook": ActivityType(run_notebook, unsupported_notebook),
    "ExecutePipeline": ActivityType(run_execute_pipeline),
    "Fail": ActivityType(run_fail),
    "Filter": ActivityType(run_filter),
    "ForEach": ActivityType(run_for_each),
    "IfCondition": ActivityType(run_if),
    "Lookup": ActivityType(run_lookup, unsupported_lookup),
    "Script": ActivityType(run_script, unsupported_script),
    "SetVariable": ActivityType(run_set_variable),
    "Switch": ActivityType(run_switch),
    "Until": ActivityType(run_until),
    "Wait": ActivityType(run_wait),
    "WebActivity": ActivityType(run_web, unsupported_web),
}
