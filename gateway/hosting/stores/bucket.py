"""A bucket of S3, Google Cloud Storage or Azure Blob by way of obstore: bounded time, and our own errors.

Imported only where an object store is configured: obstore is an extra.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, TypeAlias

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from gateway.blob import CHUNK
from gateway.config import ImagesConfig
from gateway.hosting.stores.bucket_client import Client, make_client
from gateway.hosting.stores.bucket_faults import fault, is_full
from gateway.hosting.stores.failures import PROBE_SIZE, StoreFull, store_down
from gateway.logs import event

PROBE = "check/written"
"""What is written and deleted again, to see whether that can be done."""
PAGE = 1000
"""Objects that one listing gives, and one bulk delete takes."""
_FAILURES = (BaseError, OSError, TimeoutError, ValueError)
"""What obstore raises. FileNotFoundError, an OSError, stands for a missing object and is looked at first."""

Method: TypeAlias = Literal["GET", "HEAD"]

_log = logging.getLogger("gateway.hosting.stores")


@dataclass(frozen=True, slots=True)
class Entry:
    """An object as a listing tells of it."""

    path: str
    size: int
    """Bytes."""


class Opened:
    """An object whose first bytes have arrived. Its content can be read once."""

    def __init__(self, result: obstore.GetResult, bucket: Bucket) -> None:
        self.size: int = result.meta["size"]
        self._result = result
        self._bucket = bucket

    async def read(self) -> bytes:
        async with self._bucket.bounded("read"):
            return (await self._result.bytes_async()).to_bytes()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Each within the time of one operation: a reader that is slow itself is not cut off."""
        stream = self._result.stream(min_chunk_size=CHUNK)
        while True:
            async with self._bucket.bounded("read"):
                chunk = await anext(stream, None)
            if chunk is None:
                return
            yield bytes(chunk)


class Bucket:
    """Objects by path below one prefix. Everything but `check` raises `gateway.errors.Unavailable` when it fails."""

    def __init__(self, client: Client, timeout: float) -> None:
        """`timeout`: seconds for one operation, its retries included. Does no I/O."""
        self._client = client
        self._timeout = timeout

    async def check(self) -> str | None:
        """What has to be changed before this bucket can be used; None when nothing is known to be wrong.

        Raises:
            Unavailable: it cannot be told, because nobody answers.
        """
        try:
            async with asyncio.timeout(self._timeout):
                await obstore.list_with_delimiter_async(self._client, "check")
                await self._write_and_delete(b"", read=True)
        except _FAILURES as error:
            found = fault(error)
            if found is None:
                raise store_down() from error
            return found
        return None

    async def probe(self) -> None:
        """Write an object of the size of a small picture, and delete it."""
        async with self.bounded("probe"):
            await self._write_and_delete(bytes(PROBE_SIZE))

    async def _write_and_delete(self, data: bytes, *, read: bool = False) -> None:
        await obstore.put_async(self._client, PROBE, data, mode="overwrite", use_multipart=False)
        if read:
            with suppress(FileNotFoundError):  # another replica looks too
                await obstore.get_async(self._client, PROBE)
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._client, [PROBE])

    async def put(self, path: str, data: bytes, attributes: Mapping[str, str] = MappingProxyType({})) -> None:
        """Write an object, never over another one."""
        async with self.bounded("put"):
            try:
                # One request: an upload in parts that is broken off would leave parts that nobody lists.
                await obstore.put_async(
                    self._client, path, data, mode="create", attributes=dict(attributes), use_multipart=False
                )
            except AlreadyExistsError:
                # A first attempt whose answer was lost: paths end in a secret or a digest, so nobody else chose this.
                event(_log, logging.INFO, "object was there already", folder=path.rpartition("/")[0])

    async def replace(self, path: str, data: bytes) -> None:
        async with self.bounded("put"):
            await obstore.put_async(self._client, path, data, mode="overwrite", use_multipart=False)

    async def get(self, path: str) -> Opened | None:
        async with self.bounded("get"):
            try:
                return Opened(await obstore.get_async(self._client, path), self)
            except FileNotFoundError:
                return None

    async def get_range(self, path: str, start: int, stop: int) -> bytes | None:
        async with self.bounded("read"):
            try:
                return (await obstore.get_range_async(self._client, path, start=start, end=stop)).to_bytes()
            except FileNotFoundError:
                return None

    async def size(self, path: str) -> int | None:
        """Bytes, or None if there is no such object."""
        async with self.bounded("head"):
            try:
                return (await obstore.head_async(self._client, path))["size"]
            except FileNotFoundError:
                return None

    async def delete(self, paths: Sequence[str]) -> None:
        """Delete objects, which may be gone already."""
        for first in range(0, len(paths), PAGE):
            async with self.bounded("delete"):
                try:
                    await obstore.delete_async(self._client, list(paths[first : first + PAGE]))
                except FileNotFoundError:
                    continue  # another replica was faster; the next listing shows what is left of these

    async def list(self, prefix: str | None = None) -> AsyncIterator[list[Entry]]:
        """All objects in the order of their paths, page by page."""
        listing = obstore.list(self._client, prefix, chunk_size=PAGE)
        while True:
            async with self.bounded("list"):
                page = await anext(listing, None)
            if page is None:
                return
            yield [Entry(meta["path"], meta["size"]) for meta in page]

    async def folders(self, prefix: str) -> Sequence[str]:
        """Paths of what lies directly below `prefix` and holds objects."""
        async with self.bounded("list"):
            return (await obstore.list_with_delimiter_async(self._client, prefix))["common_prefixes"]

    async def sign(self, method: Method, path: str, seconds: float) -> str:
        """An address under which anybody may do this one thing for so long."""
        async with self.bounded("sign"):
            return await obstore.sign_async(self._client, method, path, timedelta(seconds=seconds))

    @asynccontextmanager
    async def bounded(self, verb: str) -> AsyncIterator[None]:
        """Run one operation in its time, and raise its failures as `Unavailable`; the log alone learns the reason."""
        with _as_unavailable(verb):
            async with asyncio.timeout(self._timeout):
                yield


@contextmanager
def _as_unavailable(verb: str) -> Iterator[None]:
    try:
        yield
    except _FAILURES as error:
        reason = fault(error) or str(error).partition("\n")[0] or type(error).__name__
        event(_log, logging.ERROR, "image store failed", verb=verb, reason=reason)
        raise (StoreFull() if is_full(error) else store_down()) from error


def make_bucket(config: ImagesConfig) -> Bucket:
    """The configured bucket, not looked at yet.

    Raises:
        ConfigError: keys that obstore cannot use.
    """
    return Bucket(make_client(config), config.object_store.timeout)
