"""Takes in a file that lies on the web, as if it had been uploaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from shared.services.layout import base_name
from shared.services.receive import Upload

if TYPE_CHECKING:
    from shared.ports import Web
    from shared.services.receive import JobRequest, Receipt, Receive

_IN_MEMORY_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Fetch:
    """The use case."""

    web: Web
    receive: Receive
    most_bytes: int

    def __call__(self, request: JobRequest, url: str, default_name: str) -> Receipt:
        """Fetch a file and take it in as the one upload of a request, by its name there or else the one given.

        Raises what :meth:`~shared.ports.Web.fetch` and :class:`Receive` raise.
        """
        with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as spooled:
            file = cast("BinaryIO", spooled)
            name = base_name(self.web.fetch(url, file, self.most_bytes)) or default_name
            file.seek(0)
            return self.receive(replace(request, uploads=(Upload(name, file),)))
