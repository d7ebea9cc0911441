"""The functions that the clock starts."""

from __future__ import annotations

import azure.functions as func

from shared.bootstrap import get_app
from shared.logs import invocation_logging

EVERY_FIVE_MINUTES = "0 */5 * * * *"

blueprint = func.Blueprint()  # type: ignore[no-untyped-call]  # azure.functions has no hints here


@blueprint.function_name("sweep_jobs")
@blueprint.timer_trigger("timer", schedule=EVERY_FIVE_MINUTES, run_on_startup=False)
def sweep_jobs(timer: func.TimerRequest, context: func.Context) -> None:
    """Queue again the jobs that nobody works on, and those that wait for the warehouse."""
    with invocation_logging(context.invocation_id):
        get_app().sweep()


@blueprint.function_name("sweep_landing")
@blueprint.timer_trigger("timer", schedule=EVERY_FIVE_MINUTES, run_on_startup=False)
def sweep_landing(timer: func.TimerRequest, context: func.Context) -> None:
    """Find files of which no event told, and end the jobs whose files do not come."""
    with invocation_logging(context.invocation_id):
        get_app().sweep_landing()
