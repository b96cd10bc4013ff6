"""The contract of a store: it takes bytes, gives them a name, and gives back what it was given or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from gateway.blob import Blob
from gateway.errors import Gone
from gateway.hosting.names import HostedName
from gateway.images import ImageFormat, Operation


@dataclass(frozen=True, slots=True)
class Draft:
    """A picture that has no name yet: the store reads the bytes, and only their digest completes a name."""

    blob: Blob
    operation: Operation
    format: ImageFormat


@dataclass(frozen=True, slots=True)
class Usage:
    images: int = 0
    bytes: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.images + other.images, self.bytes + other.bytes)

    def __sub__(self, other: Usage) -> Usage:
        return Usage(self.images - other.images, self.bytes - other.bytes)


class DamagedPicture(Gone):
    """What is stored under a name is not what was named. To a client the picture is gone."""

    def __init__(self, name: HostedName) -> None:
        super().__init__()
        self.name = name


class StoredPicture(Protocol):
    """A picture held open: whole to its end, even if it expires or is deleted while it is read.

    Close it, or use it as an async context manager. Every way of reading checks the bytes against the digest
    in the name and raises `DamagedPicture` before the last byte of a wrong answer is given out.
    """

    @property
    def name(self) -> HostedName: ...

    @property
    def size(self) -> int:
        """Bytes."""

    async def load(self) -> bytes:
        """All bytes, verified."""

    def stream(self, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """Bytes from `start` up to but not including `stop` (None: to the end), in chunks.

        Raises ValueError unless 0 <= start <= stop <= size.
        """

    async def close(self) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class ClosedAtTheEnd:
    """A stored picture as a context manager, for those that are made here."""

    async def close(self) -> None:
        """Nothing is held open, unless a picture says otherwise."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Store(Protocol):
    """One place for pictures. Constructing it does no I/O; it is opened once, used, and closed once.

    `put`, `get`, `delete` and `probe` raise `gateway.errors.Unavailable` when the place is full or does not work.
    """

    async def open(self) -> None:
        """Take the place in use. Raises ConfigError, which says what to change, when that is not possible."""

    async def put(self, draft: Draft) -> HostedName:
        """Keep a picture; it is whole, durable and readable once its name is returned.

        When the caller is cancelled it may be kept all the same, under a name that nobody knows, until it expires.
        """

    async def get(self, name: HostedName) -> StoredPicture | None:
        """The picture, or None if there is none (any more). May raise `DamagedPicture`, as reading it does."""

    def admit(self) -> None:
        """Raises `gateway.errors.Unavailable` where a `put` would be refused now: ask before a picture is paid for."""

    async def probe(self) -> None:
        """Write something and take it away again."""

    async def delete(self, name: HostedName) -> bool:
        """Whether there was such a picture."""

    def expires_at(self, name: HostedName) -> float:
        """Seconds since 1970: kept until then unless room runs out, and deleted soon after."""

    @property
    def evicted_before(self) -> float:
        """Seconds since 1970: pictures created before then may be gone early, for want of room."""

    def usage(self) -> Usage:
        """Pictures and bytes stored, from memory."""

    async def close(self) -> None: ...
