"""Starts the workers, starts those again that end by themselves, hands on what they are asked for, and ends them all.

It answers no request itself. It holds the listening sockets, so that connections wait for the next worker while one
of them is down, and it keeps what the workers have in common.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from gateway.logs import event
from gateway.supervision.channel import Channel, ChannelClosed
from gateway.supervision.commons import Commons
from gateway.supervision.merging import Ledger, Snapshot

LIVED_WELL = 30.0
"""Seconds after which a worker that ends is started again at once."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before one that has lived for less is started again; each next pause is twice as long."""
ANSWER_WITHIN = 2.0
"""Seconds for a worker to tell its metrics; of one that is busy, those that it told last are taken."""
GRACE = 10.0
"""Seconds beyond a worker's own drain_timeout before it is killed."""

_log = logging.getLogger("gateway.supervision")

Start = Callable[[int, socket.socket], Awaitable[asyncio.subprocess.Process]]
"""Starts the worker of this number, with its end of the channel."""


class StartFailed(Exception):
    """The first worker has ended instead of serving, and has said why."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class Worker:
    """One process, from its start to its end."""

    def __init__(self, number: int, process: asyncio.subprocess.Process, channel: Channel) -> None:
        self.number = number
        self.process = process
        self.channel = channel
        self.ready = asyncio.Event()

    @property
    def name(self) -> str:
        """No other process of this gateway has or had it."""
        return str(self.process.pid)


class Supervisor:
    def __init__(self, start: Start, workers: int, drain_timeout: float, commons: Commons) -> None:
        """`drain_timeout` in seconds, for a worker that does not tell its own."""
        self._start = start
        self._numbers = range(1, workers + 1)
        self._drain_timeout = drain_timeout
        self._commons = commons
        self._ledger = Ledger()
        self._workers: dict[int, Worker] = {}
        self._restarts = 0
        self._stopping = asyncio.Event()
        self._first_ready = asyncio.Event()
        self._at_once = False
        self._by_hand = False

    async def run(self, announce: Callable[[], None]) -> int:
        """Serve until SIGTERM or SIGINT, then drain all; the exit status. `announce` is called once one is ready.

        Raises:
            StartFailed
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, number)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        # The first alone: what is wrong with the configuration is said once, and nobody serves half of it.
        keepers = [asyncio.create_task(self._keep(self._numbers[0]))]
        await _first_of(keepers[0], self._first_ready, self._stopping)
        if not self._stopping.is_set() and not keepers[0].done():
            announce()
            keepers += [asyncio.create_task(self._keep(number)) for number in self._numbers[1:]]
            await _first_of(keepers[0], self._stopping)
        self._stopping.set()
        event(_log, logging.INFO, "draining", workers=len(self._workers))
        await asyncio.gather(*(self._stop(worker) for worker in list(self._workers.values())))
        await asyncio.gather(*keepers)
        event(_log, logging.INFO, "stopped")
        return 0

    def _end(self, number: signal.Signals) -> None:
        """The first signal drains, the second ends at once."""
        self._by_hand = self._by_hand or number is signal.SIGINT
        if self._stopping.is_set():
            self._at_once = True
            for worker in self._workers.values():
                worker.channel.tell("end")
        self._stopping.set()

    def _reload(self) -> None:
        for worker in self._workers.values():
            worker.channel.tell("reload")

    async def _keep(self, number: int) -> None:
        """Have a worker of this number, until all are to end."""
        pause, first = 0.0, number == self._numbers[0]
        while not self._stopping.is_set():
            began = asyncio.get_running_loop().time()
            worker = await self._started(number)
            if self._stopping.is_set():  # meanwhile
                await self._stop(worker)
            status = await worker.process.wait()
            await self._bury(worker)
            if self._stopping.is_set():
                return
            if first and not worker.ready.is_set():
                raise StartFailed(status)
            first = False
            lived = asyncio.get_running_loop().time() - began
            pause = 0.0 if lived > LIVED_WELL else min(max(FIRST_PAUSE, pause * 2), LONGEST_PAUSE)
            self._restarts += 1
            event(
                _log,
                logging.ERROR,
                "worker has ended by itself",
                worker=number,
                status=status,
                again_in=round(pause, 2),
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()

    async def _started(self, number: int) -> Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            process = await self._start(number, theirs)

        async def answer(what: str, value: Any) -> object:
            return await self._answer(worker, what, value)

        worker = Worker(number, process, await Channel.over(ours, answer))
        self._workers[number] = worker
        return worker

    async def _bury(self, worker: Worker) -> None:
        await worker.channel.close()
        self._workers.pop(worker.number, None)
        self._ledger.gone(worker.process.pid)
        self._commons.gone(worker.name)

    async def _answer(self, worker: Worker, what: str, value: Any) -> object:
        match what:
            case "ready":
                worker.ready.set()
                self._first_ready.set()
                event(_log, logging.INFO, "worker ready", worker=worker.number, pid=worker.process.pid)
                return None
            case "metrics":
                return await self._metrics()
            case _:
                return await self._commons.answer(worker.name, what, value)

    async def _metrics(self) -> Snapshot:
        await asyncio.gather(*(self._note(worker) for worker in list(self._workers.values()) if worker.ready.is_set()))
        total = self._ledger.total()
        for family in total:
            if family["name"] == "gateway_worker_restarts":
                family["samples"] = [["gateway_worker_restarts_total", {}, self._restarts]]
        return total

    async def _note(self, worker: Worker) -> None:
        with suppress(TimeoutError, ChannelClosed):
            async with asyncio.timeout(ANSWER_WITHIN):
                said = await worker.channel.ask("snapshot")
            if self._workers.get(worker.number) is worker:
                self._ledger.note(worker.process.pid, said)

    async def _stop(self, worker: Worker) -> None:
        """Drain it; kill it when it takes longer than it said."""
        if not worker.ready.is_set():
            worker.process.terminate()  # it may not listen yet
        seconds = self._drain_timeout
        with suppress(TimeoutError, ChannelClosed):
            async with asyncio.timeout(ANSWER_WITHIN):
                seconds = await worker.channel.ask("drain", self._by_hand)
        if self._at_once:
            worker.channel.tell("end")
        try:
            async with asyncio.timeout(seconds + GRACE):
                await worker.process.wait()
        except TimeoutError:
            event(_log, logging.ERROR, "worker killed, it has not ended in its time", worker=worker.number)
            worker.process.kill()
            await worker.process.wait()


async def _first_of(task: asyncio.Task[None], *events: asyncio.Event) -> None:
    """Return when one of the events has come, or the task has ended."""
    waits = [asyncio.create_task(each.wait()) for each in events]
    await asyncio.wait([task, *waits], return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
