"""What the processes of one gateway have in common: answers, turns at equal work, and what each token has used."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cachetools import TLRUCache

from gateway.clock import Clock
from gateway.quotas.base import Quota, QuotaExceeded, Taken


class Values:
    """Kept in memory for their time, all together under one size."""

    def __init__(self, max_size: int, clock: Clock) -> None:
        """`max_size` in bytes."""
        self._clock = clock
        self._kept: TLRUCache[str, tuple[str, float]] = TLRUCache(
            maxsize=max_size,
            ttu=lambda _key, kept, _now: kept[1],
            timer=clock.monotonic,
            getsizeof=lambda kept: len(kept[0]),
        )

    def get(self, key: str) -> str | None:
        kept = self._kept.get(key)
        return kept[0] if kept else None

    def put(self, key: str, value: str, ttl: float) -> None:
        """`ttl` in seconds."""
        if len(value) <= self._kept.maxsize:
            self._kept[key] = (value, self._clock.monotonic() + ttl)


class Turns:
    """Lines of those who want to work on the same; the first of each works."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[tuple[str, asyncio.Future[None]]]] = {}

    async def take(self, name: str, holder: str) -> None:
        """Return when it is `holder`'s turn, who has to leave then, as one who waits no longer has to.

        Raises:
            CancelledError: `holder` has left before.
        """
        turn = asyncio.get_running_loop().create_future()
        line = self._lines.setdefault(name, deque())
        line.append((holder, turn))
        self._call(line)
        await turn

    def leave(self, name: str, holder: str) -> None:
        line = self._lines.get(name, deque())
        self._lines[name] = kept = deque(entry for entry in line if entry[0] != holder)
        for other, turn in line:
            if other == holder:
                turn.cancel()  # else who waits for it would wait for as long as its process lives
        self._call(kept)
        if not kept:
            del self._lines[name]

    def leave_all(self, process: str) -> None:
        """For a process that is gone; its holders begin with its name."""
        for name, line in list(self._lines.items()):
            for holder, _ in list(line):
                if holder.startswith(f"{process}."):
                    self.leave(name, holder)

    def _call(self, line: deque[tuple[str, asyncio.Future[None]]]) -> None:
        if line and not line[0][1].done():
            line[0][1].set_result(None)


class Commons:
    """Answers what a process asks of it, by name."""

    def __init__(self, values: Values, turns: Turns, quotas: Mapping[str, Quota]) -> None:
        self._values = values
        self._turns = turns
        self._quotas = quotas

    async def answer(self, process: str, what: str, value: Any) -> object:
        """KeyError for what is not known here."""
        match what:
            case "get":
                return self._values.get(value)
            case "put":
                self._values.put(*value)
            case "turn":
                await self._turns.take(value[0], f"{process}.{value[1]}")
            case "turn over":
                self._turns.leave(value[0], f"{process}.{value[1]}")
            case "take":
                return await self._taken(value["quota"], value["caller"], value["amount"], value["limit"])
            case "give back":
                await self._quotas[value.pop("quota")].give_back(Taken(**value))
            case "balance":
                return await self._quotas[value["quota"]].balance(value["caller"], value["limit"])
            case _:
                raise KeyError(what)
        return None

    def gone(self, process: str) -> None:
        self._turns.leave_all(process)

    async def _taken(self, quota: str, caller: str, amount: int, limit: int) -> dict[str, object]:
        try:
            return {"taken": asdict(await self._quotas[quota].take(caller, amount, limit))}
        except QuotaExceeded as exceeded:
            return {"exceeded": list(exceeded.balance), "retry_after": exceeded.retry_after}
