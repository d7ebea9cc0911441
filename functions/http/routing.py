"""``GET /api/routing_config/{path_type}``: how each way of processing works."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.models import Answer
from functions.http.problems import documented
from shared.domain.job import ProcessingPath
from shared.domain.routing import path_config

router = APIRouter(prefix="/api/routing_config", tags=["jobs"])


class RoutingConfigAnswer(Answer):
    """How one path works."""

    path_type: ProcessingPath
    queue_name: str = Field(examples=["small-batch-queue"])
    threshold: int = Field(
        description="The most records of a small job; one more and a job is large.", examples=[10_000]
    )
    engine: str = Field(description="What computes on this path.", examples=["pyarrow"])
    pipeline_name: str = Field(
        description="The Data Factory pipeline that belongs to the path.", examples=["SmallBatchCleaningPipeline"]
    )
    trigger_interval: str = Field(
        description="How often that pipeline is due; a small job is processed at once and does not wait for it.",
        examples=["10 minutes"],
    )
    expected_processing_time: str = Field(examples=["a few seconds"])


@router.get("/{path_type}", summary="Read how a path works", responses=documented(401, 404))
def get_routing_config(
    _: Caller,
    app: Application,
    path_type: Annotated[str, Path(description="small_batch or large_batch.", examples=["small_batch"])],
) -> RoutingConfigAnswer:
    """Answer queue, threshold, engine, pipeline and timing of one of the two paths."""
    config = path_config(path_type)
    return RoutingConfigAnswer(
        path_type=config.path,
        queue_name=config.queue,
        threshold=app.settings.small_batch_threshold,
        engine=config.engine or app.settings.engine,
        pipeline_name=config.pipeline,
        trigger_interval=config.trigger_interval,
        expected_processing_time=config.expected_processing_time,
    )
