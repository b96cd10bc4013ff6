"""A small internet on loopback: a name server, a wire that counts what is dialled, sites, and the fetch."""

from __future__ import annotations

import asyncio
import socket
from asyncio import StreamReader, StreamWriter
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from gateway.errors import GatewayError
from gateway.inputs.fetch import FetchRules, GuardedFetch, Reason

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

    def route(self, address: tuple[Any, ...]) -> tuple[str, int]:
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


async def _listen(site: Site) -> AsyncIterator[Site]:
    server = await asyncio.start_server(site.handle, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()
    await server.wait_closed()


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    dial = BaseSelectorEventLoop.sock_connect

    async def sock_connect(loop: BaseSelectorEventLoop, sock: socket.socket, address: tuple[Any, ...]) -> None:
        await dial(loop, sock, wire.route(address))

    monkeypatch.setattr(BaseSelectorEventLoop, "sock_connect", sock_connect)
    return wire


@pytest.fixture
async def canary(wire: Wire) -> AsyncIterator[Site]:
    """An inner service that nobody may reach."""
    del wire
    async for site in _listen(Site()):
        yield site


@pytest.fixture
async def pictures(wire: Wire, names: Names) -> AsyncIterator[Site]:
    """A public site, `pictures.example`, that has one picture."""
    async for site in _listen(Site()):
        names.point("pictures.example", PUBLIC)
        wire.standing_for[PUBLIC] = site.port
        site.serve("/cat.png", b"a cat")
        yield site


@dataclass
class Bench:
    """Makes fetches, closes them, and keeps the reasons of what they refused."""

    names: Names
    wire: Wire
    refused: list[Reason] = field(default_factory=list)
    made: list[GuardedFetch] = field(default_factory=list)

    async def fetch(self, **rules: Any) -> GuardedFetch:
        made = GuardedFetch(FetchRules(**rules), resolver=self.names, on_refused=self.refused.append)
        await made.open()
        self.made.append(made)
        return made

    async def body_of_error(self, made: GuardedFetch, url: str) -> dict[str, Any]:
        """The error object of a fetch that must fail."""
        try:
            await made.fetch(url, param="image")
        except GatewayError as error:
            return error.body()
        raise AssertionError(f"fetched {url}")


@pytest.fixture
async def bench(names: Names, wire: Wire) -> AsyncIterator[Bench]:
    bench = Bench(names, wire)
    yield bench
    for made in bench.made:
        await made.close()


Ask = Callable[[GuardedFetch, str], Awaitable[object]]


@pytest.fixture(params=["fetch", "check"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Both ways for a URL to come in: fetched here, or checked and passed on."""

    async def ask(made: GuardedFetch, url: str) -> object:
        return await getattr(made, request.param)(url, param="image")

    return ask


@pytest.fixture
def patient() -> Script:
    """A script that says nothing until the client goes away."""

    async def wait(reader: StreamReader, _writer: StreamWriter) -> None:
        await reader.read()

    return wait
