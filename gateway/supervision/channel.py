"""Questions and answers between two processes, as lines of JSON over a socket that only these two have."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, TypeAlias

LONGEST_LINE = 64 * 2**20
"""Bytes: the metrics of a process with many models have some hundred kilobytes."""

_log = logging.getLogger("gateway.supervision")

Answer: TypeAlias = Callable[[str, Any], Awaitable[Any]]
"""Takes what is asked and with which value; gives what JSON can hold."""


class ChannelClosed(Exception):
    """The other process is gone, or could not answer."""


class Channel:
    """One of two equal ends. Whatever is asked is answered in a task of its own, begun in the order of the lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer) -> None:
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def over(cls, sock: socket.socket, answer: Answer) -> Channel:
        reader, writer = await asyncio.open_unix_connection(sock=sock, limit=LONGEST_LINE)
        return cls(reader, writer, answer)

    async def ask(self, what: str, value: object = None) -> Any:
        """What the other end answers.

        Raises:
            ChannelClosed: it is gone, or has failed.
        """
        if self._reading.done():
            raise ChannelClosed
        number = next(self._numbers)
        answered = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            self._send({"ask": what, "with": value, "number": number})
            return await answered
        finally:
            del self._asked[number]

    def tell(self, what: str, value: object = None) -> None:
        """Like a question whose answer is of no interest, also whether there is anybody."""
        self._send({"ask": what, "with": value})

    async def ended(self) -> None:
        """Return when the other end is gone."""
        await asyncio.wait([self._reading])

    async def close(self) -> None:
        self._reading.cancel()
        for answering in self._answering:
            answering.cancel()
        await asyncio.wait([self._reading, *self._answering])
        self._writer.close()

    def _send(self, message: dict[str, object]) -> None:
        if not self._writer.is_closing():
            self._writer.write(json.dumps(message).encode() + b"\n")

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                self._take(json.loads(line))
        except OSError:
            pass  # killed: there is no other way to say goodbye then
        finally:
            for answered in self._asked.values():
                if not answered.done():
                    answered.set_exception(ChannelClosed())

    def _take(self, message: dict[str, Any]) -> None:
        if "ask" in message:
            answering = asyncio.create_task(self._reply(message["ask"], message["with"], message.get("number")))
            self._answering.add(answering)
            answering.add_done_callback(self._answering.discard)
            return
        answered = self._asked.get(message["number"])
        if answered is None or answered.done():
            return
        if "failed" in message:
            answered.set_exception(ChannelClosed())
        else:
            answered.set_result(message["answer"])

    async def _reply(self, what: str, value: Any, number: int | None) -> None:
        try:
            answer = await self._answer(what, value)
        except Exception:  # noqa: BLE001 - one wrong question must not end the others
            _log.exception("another process asked for what could not be answered")
            if number is not None:
                self._send({"failed": True, "number": number})
            return
        if number is not None:
            self._send({"answer": answer, "number": number})
