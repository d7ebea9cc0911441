"""Which raw data somebody may name: blobs in folders ``{userId}/{parentJobId}``, of which the first is their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import ForbiddenError, InvalidRequestError

if TYPE_CHECKING:
    from shared.domain.roles import Principal

_MAX_PATH_LENGTH = 1024


def owner_of_data(caller: Principal, wanted: str | None) -> str:
    """Return whose data a request is about: the caller's own, or that of a user whom an administrator names.

    Raises :class:`ForbiddenError` for anybody else's, and :class:`InvalidRequestError` for what cannot be a folder.
    """
    owner = caller.user_id if wanted is None else wanted
    if not caller.may_see(owner):
        raise ForbiddenError("Only an administrator may name the data of others.", code="not_your_data")
    if not _is_segment(owner):
        raise InvalidRequestError(f"{owner!r} cannot be the name of a folder.", code="invalid_user_id")
    return owner


def check_raw_path(path: str, caller: Principal) -> None:
    """Raise unless a blob's path is a plain one, and the caller may name it.

    A path with ``..`` in it would be followed by the storage's client, and so lead out of the folder that it names.
    """
    owner, *rest = path.split("/")
    if len(path) > _MAX_PATH_LENGTH or not rest or not all(map(_is_segment, (owner, *rest))):
        raise InvalidRequestError(
            f"{path[:_MAX_PATH_LENGTH]!r} is no path of a raw file.",
            code="invalid_blob_name",
            advice="Write it as it stands in the raw container, like userId/parentJobId/file.json.",
        )
    if not caller.may_see(owner):
        raise ForbiddenError(
            f"The raw file {path!r} lies in a folder of others.",
            code="not_your_data",
            advice=f"Name files under {caller.user_id}/, or ask an administrator.",
        )


def _is_segment(name: str) -> bool:
    return bool(name) and name.isprintable() and "\\" not in name and "/" not in name and name.strip(". ") != ""
