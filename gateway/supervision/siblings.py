"""What the processes of one gateway have in common, as one of them reaches it: by asking the one that started it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count

from gateway.quotas.base import Balance, QuotaExceeded, Taken
from gateway.shared_state import SharedStateDown
from gateway.supervision.channel import Channel, ChannelClosed
from gateway.supervision.merging import Snapshot


class Siblings:
    """Made before the channel is there. Every verb raises `SharedStateDown` once the other end is gone."""

    def __init__(self) -> None:
        self._channel: Channel | None = None

    def by(self, channel: Channel) -> None:
        self._channel = channel

    async def ask(self, what: str, value: object) -> object:
        if self._channel is None:
            raise SharedStateDown
        try:
            return await self._channel.ask(what, value)
        except ChannelClosed as error:
            raise SharedStateDown from error

    def tell(self, what: str, value: object) -> None:
        if self._channel is not None:
            self._channel.tell(what, value)

    async def metrics(self) -> Snapshot:
        """Of all processes together."""
        return await self.ask("metrics", None)  # type: ignore[return-value]  # what `Ledger.total` gave

    async def get(self, key: str) -> bytes | None:
        found = await self.ask("get", key)
        return found.encode("latin-1") if isinstance(found, str) else None

    async def put(self, key: str, value: bytes, ttl: float) -> None:
        await self.ask("put", [key, value.decode("latin-1"), ttl])


class SiblingTurns:
    """A `gateway.jobs.Turns`. A process that is killed has left all its lines."""

    def __init__(self, siblings: Siblings) -> None:
        self._siblings = siblings
        self._numbers = count()

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Without the one that keeps the lines everybody's turn has come: this process is about to end then."""
        place = [name, next(self._numbers)]
        try:
            with suppress(SharedStateDown):
                await self._siblings.ask("turn", place)
            yield
        finally:
            self._siblings.tell("turn over", place)


class SiblingQuota:
    """A `gateway.quotas.base.Quota`. Raises `SharedStateDown` besides."""

    def __init__(self, siblings: Siblings, name: str) -> None:
        self._siblings = siblings
        self._name = name

    async def take(self, caller: str, amount: int, limit: int) -> Taken:
        answer = await self._ask("take", caller=caller, amount=amount, limit=limit)
        if not isinstance(answer, dict):
            raise SharedStateDown
        if "taken" in answer:
            return Taken(**answer["taken"])
        raise QuotaExceeded(Balance(*answer["exceeded"]), answer["retry_after"])

    async def give_back(self, taken: Taken) -> None:
        await self._ask("give back", caller=taken.caller, amount=taken.amount, at=taken.at)

    async def balance(self, caller: str, limit: int) -> Balance:
        answer = await self._ask("balance", caller=caller, limit=limit)
        return Balance(*answer) if isinstance(answer, list) else Balance(limit, 0, 0)

    async def _ask(self, what: str, **value: object) -> object:
        return await self._siblings.ask(what, {"quota": self._name, **value})
