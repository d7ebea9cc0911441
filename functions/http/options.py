"""What a client says about the job it asks for, read strictly and described for OpenAPI."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from shared.domain.moments import in_utc
from shared.services.receive import JobRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.services.receive import Upload

Options = TypeVar("Options", bound=BaseModel)


def _utc(text: Any) -> datetime:
    try:
        return in_utc(datetime.fromisoformat(text))
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            "should be a date or time in ISO 8601, such as 2026-01-31T08:00:00Z (write '+' as '%2B')"
        ) from None


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("should be one line of printable text")
    return text


def _identifier(text: str) -> str:
    # It becomes part of the paths of stored files.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", text):
        raise ValueError("should be up to 64 letters, digits, '-' and '_'")
    return text


#: A name that a client gives a job.
JobName = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
#: An id that a client chooses.
Identifier = Annotated[str, AfterValidator(_identifier)]


class JobOptions(BaseModel):
    """What a client says about any job, in the address or as fields of a form; the address wins."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)

    as_of: Annotated[datetime, BeforeValidator(_utc)] | None = Field(
        None, description="The moment as of which ages are counted; UTC without a zone, now if left out."
    )
    force: bool = Field(False, description="Make a new job even if the same content came before.")
    job_name: JobName | None = Field(None, description="A name to find the job by.")
    parent_job_id: Identifier | None = Field(None, description="The group of jobs that this one belongs to.")
    filename: str | None = Field(
        None, min_length=1, max_length=255, description="The file's name, where the body is the file itself."
    )

    def job_request(self, user_id: str, dataset: str, uploads: tuple[Upload, ...]) -> JobRequest:
        """Return the request for a job of these files."""
        return JobRequest(
            user_id=user_id,
            dataset=dataset,
            uploads=uploads,
            as_of=self.as_of,
            force=self.force,
            job_name=self.job_name,
            parent_job_id=self.parent_job_id,
        )


def read_options(model: type[Options], values: Mapping[str, str]) -> Options:
    """Return the options that a request gives; raises :class:`RequestValidationError` naming the wrong ones."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        raise RequestValidationError([{**fault, "loc": ("query", *fault["loc"])} for fault in faults]) from None


def described_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Describe a model's fields as the query parameters of an operation, for OpenAPI."""
    schema = model.model_json_schema(by_alias=True)
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": described}
        | {"description": described.pop("description", "")}
        for name, described in schema["properties"].items()
    ]
