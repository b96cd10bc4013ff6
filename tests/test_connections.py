"""A connection may keep others waiting only for so long, and there are only so many (R5, R6, R7)."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import pytest
from aiohttp import http_parser, web
from support.errors import error_in
from support.gateway import Document
from support.raw_http import exchange, wire

from gateway.app import LIFECYCLE, make_app
from gateway.config import Config
from gateway.connections import Connection, ConnectionLimits, Runner
from gateway.lifecycle import Phase
from gateway.server import Ending
from gateway.server import serve as run

Serve: TypeAlias = Callable[[ConnectionLimits], Awaitable[str]]

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
GET_ONCE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
LARGE = b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
MUCH = 40_000_000
"""Bytes, more than the kernel takes for a client."""
SOON = 3.0
"""Seconds, far beyond any limit below."""


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    runners: list[Runner] = []

    async def start(limits: ConnectionLimits) -> str:
        app = web.Application()
        app.router.add_get("/", say_hello)
        app.router.add_get("/large", say_much)
        runner = Runner(app, limits)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        watches.append(asyncio.create_task(watch(runner)))
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    watches: list[asyncio.Task[None]] = []
    yield start
    for task in watches:
        task.cancel()
    await asyncio.gather(*watches, return_exceptions=True)
    for runner in runners:
        await runner.cleanup()


async def watch(runner: Runner) -> None:
    async with runner.watched():
        await asyncio.Event().wait()


async def say_hello(_: web.Request) -> web.StreamResponse:
    return web.Response(text="hello")


async def say_much(_: web.Request) -> web.StreamResponse:
    return web.Response(body=bytes(MUCH))


@pytest.mark.parametrize("head", [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\nA: "])
async def test_r5_a_head_that_does_not_come_whole_in_time_ends_the_connection(serve: Serve, head: bytes) -> None:
    address = await serve(ConnectionLimits(head=0.2))

    async with wire(address) as line:
        await line.send(head)
        assert 0.1 < await line.lasts() < SOON


async def test_r5_a_head_that_drips_is_no_excuse(serve: Serve) -> None:
    address = await serve(ConnectionLimits(head=0.2))

    async with wire(address) as line:
        closed = asyncio.create_task(line.lasts())
        for letter in GET[:-1]:
            if closed.done():
                break
            await line.send(bytes([letter]))
            await asyncio.sleep(0.02)

        assert closed.done()


async def test_r5_the_head_of_a_later_request_has_its_own_time(serve: Serve) -> None:
    address = await serve(ConnectionLimits(head=0.2))

    async with wire(address) as line:
        for _ in range(3):
            await line.send(GET)
            assert (await line.answer()).body == b"hello"
            await asyncio.sleep(0.25)  # nothing has begun, so this is idle time
        await line.send(GET[:10])
        assert 0.1 < await line.lasts() < SOON


async def test_r5_an_idle_connection_is_closed(serve: Serve) -> None:
    address = await serve(ConnectionLimits(head=5, idle=0.2))

    async with wire(address) as line:
        await line.send(GET)
        await line.answer()
        assert 0.1 < await line.lasts() < SOON


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not condition():  # noqa: ASYNC110 - the server sets no event of ours
            await asyncio.sleep(0.02)


async def small_window(address: str) -> socket.socket:
    """A connection that takes little before it has to be read."""
    host, port = address.removeprefix("http://").split(":")
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    found.setblocking(False)
    await asyncio.get_running_loop().sock_connect(found, (host, int(port)))
    return found


async def read_all(reader: socket.socket) -> None:
    while await asyncio.get_running_loop().sock_recv(reader, 10**6):
        pass


async def test_r5_an_answer_that_nobody_takes_is_given_up(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    address, loop = await serve(ConnectionLimits(write=0.3)), asyncio.get_running_loop()
    reader = await small_window(address)
    await loop.sock_sendall(reader, LARGE)

    await until(lambda: "connection cut" in caplog.text)

    with reader, pytest.raises(ConnectionResetError):
        await read_all(reader)


async def test_r5_a_slow_but_honest_reader_is_left_alone(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    address, loop = await serve(ConnectionLimits(write=0.3)), asyncio.get_running_loop()
    reader = await small_window(address)
    await loop.sock_sendall(reader, LARGE)
    end = loop.time() + 1.5

    with reader:
        while loop.time() < end:
            assert await loop.sock_recv(reader, 4096)
            await asyncio.sleep(0.005)

    assert "connection cut" not in caplog.text


async def test_r5_a_connection_too_many_is_told_so(serve: Serve) -> None:
    address = await serve(ConnectionLimits(most=2))

    async with wire(address) as first, wire(address) as second:
        await first.send(GET)
        await first.answer()
        await second.send(GET)
        await second.answer()
        refused = await exchange(address, b"")
        await first.send(GET)
        assert (await first.answer()).status == 200

    while (await exchange(address, GET_ONCE)).status != 200:  # noqa: ASYNC110 - the server sets no event of ours
        await asyncio.sleep(0.01)
    assert (refused.status, refused.headers["Retry-After"], refused.headers["Connection"]) == (503, "1", "close")
    assert error_in(refused.json())["type"] == "api_error"


@pytest.mark.parametrize("path", [b"/", b"/nowhere"])
async def test_r7_an_expectation_that_nobody_knows_is_answered_in_our_shape(serve: Serve, path: bytes) -> None:
    head = b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nExpect: the-unexpected\r\nConnection: close\r\n\r\n"

    answer = await exchange(await serve(ConnectionLimits()), head)

    assert answer.status == 400
    assert error_in(answer.json())["type"] == "invalid_request_error"
    assert b"unexpected" not in answer.body


@pytest.mark.parametrize("coding", [b"", b"gzip, chunked", b",chunked", b"identity", b"chunked, chunked"])
@pytest.mark.parametrize("length", [b"", b"Content-Length: 5\r\n"])
async def test_r6_a_request_whose_end_is_a_matter_of_opinion_is_the_last(
    serve: Serve, coding: bytes, length: bytes
) -> None:
    head = b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + coding + b"\r\n" + length + b"\r\n"

    answer = await exchange(await serve(ConnectionLimits()), head + b"0\r\n\r\n" + GET)

    assert answer.status == 400
    assert error_in(answer.json())["type"] == "invalid_request_error"
    assert b"HTTP/1.1" not in answer.body


async def test_r6_chunks_are_taken_and_the_next_request_too(serve: Serve) -> None:
    async with wire(await serve(ConnectionLimits())) as line:
        await line.send(GET[:-2] + b"Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n")
        assert (await line.answer()).body == b"hello"
        await line.send(GET)
        assert (await line.answer()).body == b"hello"


def test_r6_the_strict_parser_is_the_one_that_reads() -> None:
    """Aiohttp's own in Python, which stands in where the compiled one is missing, forgives more."""
    assert http_parser.HttpRequestParser is not http_parser.HttpRequestParserPy


async def test_the_watch_survives_a_connection_that_fails(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    address, look, failed = await serve(ConnectionLimits(head=0.3)), Connection.look, list[Connection]()

    def fails_for_the_first(connection: Connection, limits: ConnectionLimits) -> None:
        if not failed or connection is failed[0]:
            failed[:] = [connection]
            raise RuntimeError("closed in this moment")
        look(connection, limits)

    monkeypatch.setattr(Connection, "look", fails_for_the_first)
    async with wire(address) as first:
        await first.send(GET)
        await until(lambda: bool(failed))
        async with wire(address) as second:
            await second.send(b"G")
            assert await second.lasts() < SOON

    assert "a connection could not be looked at" in caplog.text


async def test_l1_draining_waits_for_answers_that_are_still_being_written(
    configure: Callable[[Document], Config],
) -> None:
    """The links are done with a request long before a slow client has all of its answer."""
    config, loop = configure({"server": {"port": 0, "drain_timeout": 20}}), asyncio.get_running_loop()
    app, ending, address = make_app(config), Ending(), loop.create_future()
    app.router.add_get("/large", say_much)
    serving = asyncio.create_task(run(app, config, announce=address.set_result, ending=ending))
    with await small_window(await address) as reader:
        await loop.sock_sendall(reader, LARGE.replace(b"x\r", b"localhost\r"))
        taken = len(await loop.sock_recv(reader, 4096))
        ending.ask(by_hand=True)
        await until(lambda: app[LIFECYCLE].phase is Phase.DRAINING and app[LIFECYCLE].requests == 0)

        end = loop.time() + 2  # twice as long as connections are given once draining is over
        while loop.time() < end:
            taken += len(await loop.sock_recv(reader, 4096))
            await asyncio.sleep(0.005)
        assert not serving.done()
        while piece := await loop.sock_recv(reader, 10**6):
            taken += len(piece)
    await serving

    assert taken > MUCH


async def test_l1_what_is_written_and_not_sent_is_still_being_answered() -> None:
    runner = Runner(web.Application(), ConnectionLimits())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with await small_window(f"http://127.0.0.1:{runner.addresses[0][1]}") as reader:
        await until(lambda: bool(runner.server and runner.server.connections))
        assert not runner.is_answering

        connection = next(iter(runner.server.connections if runner.server else []))
        assert isinstance(connection.transport, asyncio.WriteTransport)
        connection.transport.write(bytes(MUCH))
        connection.transport.write_eof()
        assert runner.is_answering

        await read_all(reader)
        assert not runner.is_answering
    await runner.cleanup()
