"""What an activity has at hand while it runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from devkit.adf.expressions.evaluate import evaluate
from devkit.adf.scopes import activities_seen, referenced

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from devkit.adf.expressions.scope import Scope
    from devkit.adf.factory import Factory, Json
    from devkit.adf.local.services import Services
    from devkit.adf.runner import Runner
    from devkit.adf.runs import ActivityRun, PipelineRun

    #: Runs inner activities in a scope, as an iteration of a loop or not, and returns those that failed.
    Inner = Callable[[Sequence[Json], Scope, int | None], Awaitable[list[ActivityRun]]]


@dataclass(frozen=True)
class Context:
    """One activity's place in a run."""

    runner: Runner
    pipeline_run: PipelineRun
    record: ActivityRun
    scope: Scope
    inner: Inner

    @property
    def factory(self) -> Factory:
        """All definitions."""
        return self.runner.factory

    @property
    def services(self) -> Services:
        """What stands for Azure's services here."""
        return self.runner.services

    def evaluate(self, value: Any) -> Any:
        """Return a value of the definition, its expressions evaluated."""
        return evaluate(value, self.scope)

    def properties(self, activity: Json) -> Json:
        """Return an activity's own properties, evaluated, and note them as its input."""
        properties = self.evaluate(activity["typeProperties"])
        self.record.input = properties
        return properties

    def with_item(self, item: Any) -> Context:
        """Return the context of one iteration over items."""
        return replace(self, scope=self.scope.having(item=lambda: item))

    def seeing(self, runs: Sequence[ActivityRun]) -> Context:
        """Return a context whose expressions see the runs of inner activities as well."""
        around = self.scope
        inner = activities_seen(around, self.pipeline_run, {run.name: run for run in runs})
        names = {run.name.lower() for run in runs}

        def activity(name: Any) -> Any:
            seen = inner if str(name).lower() in names else around
            return seen.functions["activity"](name)

        return replace(self, scope=around.having(activity=activity))

    def dataset(self, reference: Json) -> Json:
        """Return the properties of the dataset that a reference names, for its arguments."""
        definition = self.factory.get("dataset", reference["referenceName"])
        return referenced(definition, self.evaluate(reference.get("parameters")), "dataset", self.runner.now)

    def linked_service(self, reference: Json) -> Json:
        """Return the properties of the linked service that a reference names, for its arguments."""
        definition = self.factory.get("linkedService", reference["referenceName"])
        return referenced(definition, self.evaluate(reference.get("parameters")), "linkedService", self.runner.now)
