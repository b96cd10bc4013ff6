"""What happens on the wire, as outcomes: above all, whether the request was sent."""

from __future__ import annotations

import asyncio
import gzip
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, TypeAlias

import pytest
from aiohttp import FormData
from support.provider import closed_port
from yarl import URL

from gateway.logs import current_request_id
from gateway.upstreams import http
from gateway.upstreams.answer_memory import AnswerMemory, wait_for_turn
from gateway.upstreams.base import Ambiguous, EmptyAnswer, NotSent, Outcome, UpstreamError
from gateway.upstreams.http import HttpAnswer, UpstreamHttp, failure, retry_after

KEY = "Bearer sk-secret"
Script: TypeAlias = Callable[[StreamReader, StreamWriter], Awaitable[None]]


class Server:
    """Does on every connection what its script says, and keeps what it was sent."""

    def __init__(self, script: Script) -> None:
        self.received: list[bytes] = []
        self.connections = 0
        self.port = 0
        self._script = script
        self._running: set[asyncio.Task[Any]] = set()

    async def handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            self.received.append(await reader.readuntil(b"\r\n\r\n"))
            await self._script(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the guest left
        finally:
            writer.close()
            self._running.discard(task)

    async def stop(self) -> None:
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await asyncio.sleep(0)  # a transport closes one step later


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[Server]:
    server = Server(script)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield server
        await server.stop()


def says(data: bytes, *, then: Script | None = None) -> Script:
    async def script(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if then is not None:
            await then(reader, writer)

    return script


def answer(status: int = 200, body: bytes = b"{}", *headers: str) -> Script:
    head = "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""])
    return says(head.encode() + body)


async def hang(reader: StreamReader, _: StreamWriter) -> None:
    await reader.read()


async def reset(_: StreamReader, writer: StreamWriter) -> None:
    writer.transport.abort()


@asynccontextmanager
async def client(port: int, **keys: Any) -> AsyncIterator[UpstreamHttp]:
    made = UpstreamHttp(f"http://127.0.0.1:{port}/v1", headers={"Authorization": KEY}, **{"timeout": 5, **keys})
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def outcome(script: Script, **keys: Any) -> UpstreamError:
    """What becomes of a call that must fail."""
    async with serving(script) as server, client(server.port, **keys) as upstream:
        with pytest.raises(UpstreamError) as caught:
            await upstream.post("/images/generations", json={"prompt": "p"})
    return caught.value


async def test_a_whole_answer_is_given_whatever_its_status() -> None:
    async with serving(answer(418, b'{"a": 1}')) as server, client(server.port) as upstream:
        said = await upstream.post("/images/generations", json={})

    assert (said.status, said.json(), said.ok) == (418, {"a": 1}, False)


async def test_a_refused_connection_was_not_sent() -> None:
    async with client(closed_port()) as upstream:
        with pytest.raises(NotSent):
            await upstream.post("/images/generations", json={})


async def test_an_unknown_name_was_not_sent() -> None:
    upstream = UpstreamHttp("http://no-such-name.invalid/v1", timeout=5)
    await upstream.open()

    with pytest.raises(NotSent):
        await upstream.post("/images/generations", json={})

    await upstream.close()


async def test_a_failed_handshake_was_not_sent() -> None:
    async def hang_up(_: StreamReader, writer: StreamWriter) -> None:
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        upstream = UpstreamHttp(f"https://127.0.0.1:{port}/v1", timeout=5)
        await upstream.open()
        with pytest.raises(NotSent):
            await upstream.post("/images/generations", json={})
        await upstream.close()


async def test_a_connection_that_does_not_come_about_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever accepts a connection and then says nothing of TLS holds it for ever."""
    monkeypatch.setattr(http, "CONNECT_TIMEOUT", 0.05)
    async with serving(hang) as server:
        upstream = UpstreamHttp(f"https://127.0.0.1:{server.port}/v1", timeout=5)
        await upstream.open()
        with pytest.raises(NotSent):
            await asyncio.wait_for(upstream.post("/images/generations", json={}), 1)
        await upstream.close()


@pytest.mark.parametrize(
    "script",
    [
        reset,
        says(b""),
        says(b"HTTP/1.1 200 OK\r\nContent-Le"),
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", then=reset),
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),
        says(b"HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\n{"),
        says(b"nonsense\r\n\r\n"),
        says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000),
    ],
    ids=["reset", "closed", "head cut", "body cut", "body reset", "chunk cut", "refusal cut", "nonsense", "long head"],
)
async def test_what_breaks_after_sending_is_ambiguous(script: Script) -> None:
    lost = await outcome(script)

    assert isinstance(lost, Ambiguous)
    assert (lost.status, lost.timed_out) == (None, False)


async def test_no_answer_in_time_is_ambiguous() -> None:
    late = await outcome(hang, timeout=0.05)

    assert isinstance(late, Ambiguous)
    assert late.timed_out


async def test_the_wait_for_its_turn_is_not_the_backends_time() -> None:
    """Else what it made, and was paid for, would be thrown away because others are served first."""
    body = bytes(1_000_000)
    memory = AnswerMemory(1_000_000)

    async def ask(http: UpstreamHttp) -> bytes:
        with memory.held():
            return (await http.get("/picture")).body

    async with serving(answer(200, body)) as server, client(server.port, timeout=0.2) as http:
        with memory.held():
            await wait_for_turn(1_000_000)
            asking = asyncio.get_running_loop().create_task(ask(http), context=Context())
            await asyncio.sleep(0.5)  # longer than the backend has
        assert await asking == body


async def test_an_answer_that_drips_ends_with_the_time() -> None:
    async def drip(_: StreamReader, writer: StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1\r\n \r\n")
            await asyncio.sleep(0.005)

    late = await outcome(drip, timeout=0.1)

    assert isinstance(late, Ambiguous)
    assert late.timed_out


async def test_a_huge_answer_is_read_no_further_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 2**20)
    poured = 0

    async def pour(_: StreamReader, writer: StreamWriter) -> None:
        nonlocal poured
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" " * 2**16)
            await writer.drain()
            poured += 2**16

    assert isinstance(await outcome(pour), EmptyAnswer)
    assert poured < 32 * 2**20


async def test_a_compressed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 10 * 2**20)

    async with serving(answer(200, bomb, "Content-Encoding: gzip")) as server, client(server.port) as upstream:
        said = await upstream.post("/images/generations", json={})

    assert len(said.body) == len(bomb)
    assert said.json() is None
    assert b"accept-encoding: identity" in server.received[0].lower()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed_and_the_key_never_sent_again(status: int) -> None:
    """U1: 307 and 308 would send the body again, and a key in another header than Authorization along with it."""
    async with serving(answer()) as recorder:
        elsewhere = f"Location: http://127.0.0.1:{recorder.port}/v1/steal"
        async with serving(answer(status, b"", elsewhere)) as server, client(server.port) as upstream:
            said = await upstream.post("/images/generations", json={"prompt": "p"})

    assert failure(said).outcome is Outcome.REJECTED
    assert recorder.connections == 0
    assert server.connections == 1


async def test_credentials_go_to_no_other_origin() -> None:
    async with serving(answer()) as recorder, client(closed_port()) as upstream:
        with pytest.raises(ValueError, match="no other address"):
            await upstream.get(URL(f"http://127.0.0.1:{recorder.port}/steal"))

    assert recorder.connections == 0


async def test_an_address_that_the_backend_gave_is_its_own_or_not() -> None:
    upstream = UpstreamHttp("https://images.example.com/v1/", timeout=5)

    assert upstream.owns(upstream.resolve("/files/1.png"))
    assert upstream.owns(URL("https://images.example.com:443/x"))
    for other in ["http://images.example.com/x", "https://images.example.com:8443/x", "https://example.com/x"]:
        assert not upstream.owns(upstream.resolve(other)), other


async def test_a_call_carries_the_key_and_the_request_id_and_no_cookie() -> None:
    token = current_request_id.set("req-1")
    async with serving(answer(200, b"{}", "Set-Cookie: a=b")) as server, client(server.port) as upstream:
        await upstream.post("/images/generations", json={})
        await upstream.post("/images/edits", form=FormData({"a": "b"}))
    current_request_id.reset(token)

    for head in (received.decode().lower() for received in server.received):
        assert f"authorization: {KEY}".lower() in head
        assert "x-request-id: req-1" in head
        assert "cookie" not in head


async def test_cancelling_a_call_closes_its_connection() -> None:
    gone = asyncio.Event()

    async def wait_for_the_end(reader: StreamReader, _: StreamWriter) -> None:
        await reader.read()
        gone.set()

    async with serving(wait_for_the_end) as server, client(server.port) as upstream:
        call = asyncio.create_task(upstream.post("/images/generations", json={}))
        while not server.received:  # noqa: ASYNC110 - the server sets no event of ours
            await asyncio.sleep(0.001)
        call.cancel()

        await asyncio.wait_for(gone.wait(), 1)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (429, Outcome.REFUSED),
        (500, Outcome.REFUSED),
        (503, Outcome.REFUSED),
        (502, Outcome.AMBIGUOUS),
        (504, Outcome.AMBIGUOUS),
        (520, Outcome.AMBIGUOUS),
        (521, Outcome.REFUSED),
        (522, Outcome.AMBIGUOUS),
        (523, Outcome.REFUSED),
        (524, Outcome.AMBIGUOUS),
        (599, Outcome.AMBIGUOUS),
        (501, Outcome.REJECTED),
        (508, Outcome.REJECTED),
        (400, Outcome.REJECTED),
        (401, Outcome.REJECTED),
        (404, Outcome.REJECTED),
        (408, Outcome.REJECTED),
        (422, Outcome.REJECTED),
        (302, Outcome.REJECTED),
        (204, Outcome.EMPTY),
    ],
)
def test_what_a_status_means(status: int, expected: Outcome) -> None:
    found = failure(HttpAnswer(status, {}, b""))

    assert (found.outcome, found.status) == (expected, status)


def test_a_refusal_keeps_its_hint() -> None:
    assert failure(HttpAnswer(503, {"retry-after": "7"}, b"")).retry_after == 7


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        *(
            ({"retry-after": text}, None)
            for text in ["", "soon", "-1", "nan", "inf", "1e400", "9" * 400, "\u0667", "1_0", "Mon, 99 Foo 9999"]
        ),
        ({"retry-after": f"Mon, 01 Jan {'9' * 30} 00:00:00 GMT"}, None),
    ],
)
def test_hints_in_seconds_and_milliseconds(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_a_date_is_a_hint_too(zone: str) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True).replace("GMT", zone)

    seconds = retry_after({"retry-after": date})

    assert seconds is not None
    assert 55 < seconds <= 60
