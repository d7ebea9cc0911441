"""The application behind the API, built at the first request and never at import."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from shared import bootstrap


async def _application() -> bootstrap.App:
    return bootstrap.get_app()


#: The application, as the type of a parameter.
Application = Annotated[bootstrap.App, Depends(_application)]
