"""The files of a request: those of a form, or the body itself."""

from __future__ import annotations

from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from starlette.datastructures import UploadFile

from shared.errors import InvalidRequestError
from shared.services.layout import base_name
from shared.services.receive import Upload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

FORM: Final = "multipart/form-data"
_IN_MEMORY_BYTES: Final = 1_000_000
_MOST_FILES: Final = 100
_DEFAULT_NAMES: Final = {
    "application/json": "upload.json",
    "application/x-ndjson": "upload.ndjson",
    "text/csv": "upload.csv",
}


def media_type_of(request: Request) -> str:
    """Return the media type of a request's body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


@asynccontextmanager
async def received_files(request: Request) -> AsyncIterator[tuple[tuple[Upload, ...], dict[str, str]]]:
    """Yield the files of a request, spooled to disk where large, and the text fields of a form."""
    media_type = media_type_of(request)
    if media_type == FORM:
        async with request.form(max_files=_MOST_FILES) as form:
            parts = form.multi_items()
            uploads = [_upload(field, part) for field, part in parts if isinstance(part, UploadFile)]
            if not uploads:
                raise _no_file("The form holds no file.")
            yield tuple(uploads), {field: part for field, part in parts if isinstance(part, str)}
        return
    name = request.query_params.get("filename")
    if request.headers.get("content-length", "0") == "0" and not (media_type or name):
        raise _no_file("The request holds no file.")
    with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as body:
        spool = UploadFile(cast("BinaryIO", body))
        async for chunk in request.stream():
            await spool.write(chunk)
        await spool.seek(0)
        filename = base_name(name or "") or _DEFAULT_NAMES.get(media_type, "upload")
        yield (Upload(filename, spool.file),), {}


def _upload(field: str, part: UploadFile) -> Upload:
    return Upload(base_name(part.filename or "") or "upload", part.file, field)


def _no_file(sentence: str) -> InvalidRequestError:
    return InvalidRequestError(
        sentence,
        code="no_file",
        advice="Send a form with a file in it, or the file as the body with its name in 'filename'.",
    )
