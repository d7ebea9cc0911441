"""The services that activities call, as this machine has them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import httpx

from devkit.adf.errors import ActivityError
from devkit.adf.local.warehouse import LocalWarehouse

if TYPE_CHECKING:
    from devkit.adf.local.notebooks import Notebooks
    from devkit.adf.local.place import Place
    from devkit.adf.local.spark import Spark
    from devkit.adf.local.storage import Storage


class Services:
    """What activities call; each part is made when it is first needed."""

    def __init__(self, place: Place, http: httpx.AsyncClient | None = None, spark: Spark | None = None) -> None:
        """Prepare the services of a local system.

        ``http`` replaces the usual client of web activities, ``spark`` the one on which notebooks run.
        """
        self.place = place
        self._spark = spark
        self.http = http or httpx.AsyncClient(trust_env=False, follow_redirects=False)

    async def close(self) -> None:
        """Give up the connections."""
        await self.http.aclose()

    def identity_headers(self, url: str) -> dict[str, str]:
        """Return what stands for the factory's managed identity in a request; it is shown to the local app alone."""
        asked, own = httpx.URL(url), httpx.URL(self.place.base_url)
        if (asked.scheme, asked.host, asked.port) != (own.scheme, own.host, own.port):
            raise ActivityError(
                f"Managed identity works here only towards {self.place.base_url}, not {asked.scheme}://{asked.host}.",
                "ManagedIdentityUnavailable",
            )
        return {"Authorization": f"Bearer {self.place.pipeline_key}"}

    @cached_property
    def storage(self) -> Storage:
        """The storage account."""
        # Only where files are handled: the library is not needed to check definitions.
        from devkit.adf.local.storage import Storage  # noqa: PLC0415

        return Storage(self.place.connection_string)

    @cached_property
    def notebooks(self) -> Notebooks:
        """The notebooks."""
        from devkit.adf.local.notebooks import Notebooks  # noqa: PLC0415

        return Notebooks(self.place, self.storage, self._spark)

    @cached_property
    def warehouse(self) -> LocalWarehouse:
        """The warehouse, through the host that owns it."""
        return LocalWarehouse(self.http, self.place.base_url, self.place.key)
