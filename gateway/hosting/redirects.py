"""Sending a client to the object store itself: an address that gives out one picture for a short while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config import ImagesConfig
from gateway.config_file import ConfigError
from gateway.hosting.names import HostedName
from gateway.hosting.stores import MISSING
from gateway.hosting.stores.shards import path_of

if TYPE_CHECKING:
    from gateway.hosting.stores.bucket import Bucket, Method

LIFE = 60.0
"""Seconds that an address works: enough to begin a download, too short to be passed on."""


class Redirects:
    """What the store then says of a picture, its type included, was laid down with it; the address signs the rest."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    async def address(self, name: HostedName, method: Method) -> str | None:
        """An absolute address; None if there is no such picture.

        Raises:
            Unavailable: the store does not answer.
        """
        path = path_of(name)
        if await self._bucket.size(path) is None:
            return None
        return await self._bucket.sign(method, path, LIFE)


def make_redirects(config: ImagesConfig) -> Redirects | None:
    """None where this gateway gives out its pictures itself. Raises ConfigError like `make_store`."""
    if config.delivery == "proxy":
        return None
    try:
        from gateway.hosting.stores.bucket import make_bucket  # noqa: PLC0415 - obstore is an extra
    except ModuleNotFoundError as error:
        raise ConfigError([MISSING.format(scheme=config.scheme)]) from error
    return Redirects(make_bucket(config))
