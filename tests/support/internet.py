"""A small internet on loopback: a name server, a wire that counts what is dialled, and sites."""

from __future__ import annotations

import asyncio
import socket
from asyncio import StreamReader, StreamWriter
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

PUBLIC = "93.184.216.34"
Script = Callable[[StreamReader, StreamWriter], Awaitable[None]]


class Names(AbstractResolver):
    """Answers from a table; a list of answers for one name is given out turn by turn, for ever."""

    def __init__(self) -> None:
        self.turns: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    def point(self, name: str, *addresses: str) -> None:
        self.turns[name] = [list(addresses)]

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        del family
        if host not in self.turns:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        turns = self.turns[host]
        answer = turns[self.asked.count(host) % len(turns)]
        self.asked.append(host)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=_family(address), proto=0, flags=0)
            for address in answer
        ]

    async def close(self) -> None:
        pass


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@dataclass
class Wire:
    """Everything that this process dials. A public address leads to the loopback port that stands for it."""

    dialled: list[tuple[str, int]] = field(default_factory=list)
    standing_for: dict[str, int] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)
    """Ports of loopback that the test itself dials, which counts for nothing."""

    def route(self, address: tuple[Any, ...]) -> tuple[str, int]:
        if address[0] == "127.0.0.1" and address[1] in self.own:
            return address[0], address[1]
        self.dialled.append((address[0], address[1]))
        if address[0] in self.standing_for:
            return "127.0.0.1", self.standing_for[address[0]]
        if not address[0].startswith("127."):
            raise ConnectionRefusedError(f"no such host on this wire: {address[0]}")
        return address[0], address[1]


@dataclass
class Site:
    """A server on loopback that answers each path with prepared bytes and remembers who came."""

    port: int = 0
    connections: int = 0
    requests: list[str] = field(default_factory=list)
    answers: dict[str, bytes | Script] = field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        return [request.split(" ")[1] for request in self.requests]

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        self.answers[path] = f"HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()

    def serve(self, path: str, body: bytes, *headers: str) -> None:
        head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""])
        self.answers[path] = head.encode() + body

    async def handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.requests.append(request)
            answer = self.answers.get(request.split(" ")[1], b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the guest left
        finally:
            writer.close()


@asynccontextmanager
async def open_site(site: Site) -> AsyncIterator[Site]:
    server = await asyncio.start_server(site.handle, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()
    await server.wait_closed()


def tapped(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The wire, on which everything that this process dials goes from now on."""
    wire = Wire()
    dial = BaseSelectorEventLoop.sock_connect

    async def sock_connect(loop: BaseSelectorEventLoop, sock: socket.socket, address: tuple[Any, ...]) -> None:
        host, port = wire.route(address)
        await dial(loop, sock, (f"::ffff:{host}" if sock.family is socket.AF_INET6 else host, port))

    monkeypatch.setattr(BaseSelectorEventLoop, "sock_connect", sock_connect)
    return wire
