"""Parameters of requests: read strictly, and explained in a sentence when they are wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pydantic import AliasChoices, BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNKNOWN: Final = "unknown_parameter"
_SUBJECT: Final = re.compile(r"^(Value error, |Input |String )")
_PLACES: Final = {"query": "parameter", "path": "part of the address", "header": "header", "body": "field"}


class Parameters(BaseModel):
    """Base of the parameters of one route, in camelCase; one that is not known is an error, not ignored."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _knows_all(cls, given: Any) -> Any:
        known = cls.known()
        unknown = sorted(given.keys() - known)
        if unknown:
            raise PydanticCustomError(
                _UNKNOWN,
                "There is no parameter '{name}' here; known are {known}.",
                {"name": unknown[0], "known": ", ".join(sorted(known))},
            )
        return given

    @classmethod
    def known(cls) -> set[str]:
        """Return the names that a request may use."""
        names: set[str] = set()
        for name, field in cls.model_fields.items():
            alias = field.validation_alias or name
            names.update(str(choice) for choice in alias.choices) if isinstance(alias, AliasChoices) else names.add(
                str(alias)
            )
        return names


def fault_of(error: Mapping[str, Any]) -> dict[str, str]:
    """Turn one validation error into the parameter's name and a sentence, without the value that was sent."""
    place, *path = (str(step) for step in error["loc"])
    name = ".".join(path)
    if error["type"] == _UNKNOWN:
        return {"name": error["ctx"]["name"], "reason": error["msg"]}
    if error["type"] == "json_invalid":
        return {"name": "", "reason": "The body is no JSON."}
    if error["type"] == "extra_forbidden":
        return {"name": name, "reason": f"There is no field '{name}' here."}
    subject = f"The {_PLACES.get(place, 'field')} '{name}'" if name else "The body"
    if error["type"] == "missing":
        return {"name": name, "reason": f"{subject} is required."}
    reason = _SUBJECT.sub("", error["msg"]).rstrip(".")
    return {"name": name, "reason": f"{subject} {reason}."}
