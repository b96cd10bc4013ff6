"""Redis that stops, pauses or talks nonsense: bounded waiting, one line a change, and a gauge."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from support.object_stores import needed
from support.redis_server import RedisServer, running_redis

from gateway.clock import SystemClock
from gateway.config_file import ConfigError
from gateway.metrics import Metrics
from gateway.shared_state import ANSWER_WITHIN, RedisState, SharedStateDown

needed("redis", "test")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as running:
        yield running


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@asynccontextmanager
async def connected(url: str, metrics: Metrics) -> AsyncIterator[RedisState]:
    state = RedisState(url, metrics, SystemClock())
    await state.open()
    try:
        yield state
    finally:
        await state.close()


def gauge(metrics: Metrics) -> float | None:
    return metrics.registry.get_sample_value("gateway_shared_state_up", {"backend": "redis"})


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the look in the background tells nobody
            await asyncio.sleep(0.02)


async def test_what_one_puts_another_gets(server: RedisServer, metrics: Metrics) -> None:
    async with connected(server.url, metrics) as one, connected(server.url, Metrics()) as other:
        await one.put("key", b"value", 60)

        assert [await other.get("key"), await other.get("nothing")] == [b"value", None]
        assert gauge(metrics) == 1


@pytest.mark.parametrize("harm", [RedisServer.pause, RedisServer.stop])
async def test_one_that_falls_silent_costs_half_a_second_once(
    server: RedisServer, metrics: Metrics, harm: Callable[[RedisServer], None], caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(server.url, metrics) as state:
        harm(server)
        started = time.monotonic()
        for _ in range(100):
            with pytest.raises(SharedStateDown):
                await state.get("key")

        assert time.monotonic() - started < 2 * ANSWER_WITHIN
    assert gauge(metrics) == 0
    assert [line for line in caplog.messages if "redis" in line] == ["redis is down, each replica goes by itself"]


async def test_it_is_shared_again_once_it_is_back(
    server: RedisServer, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(server.url, metrics) as state:
        with caplog.at_level(logging.INFO):
            server.pause()
            with pytest.raises(SharedStateDown):
                await state.get("key")
            server.resume()
            await until(lambda: gauge(metrics) == 1)

        assert await state.get("key") is None
    assert caplog.messages.count("redis is back, replicas share again") == 1


async def test_a_gateway_starts_without_it(server: RedisServer, metrics: Metrics) -> None:
    server.stop()
    async with connected(server.url, metrics):
        assert gauge(metrics) == 0
        server.start()
        await until(lambda: gauge(metrics) == 1)


async def test_nonsense_counts_as_down(metrics: Metrics) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"\x00\xff220 mail ready\r\n$-99\r\n*9\r\n" * 50)
        await writer.drain()
        writer.close()

    babbler = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with babbler, connected(f"redis://127.0.0.1:{babbler.sockets[0].getsockname()[1]}", metrics) as state:
        with pytest.raises(SharedStateDown):
            await state.run("return {}", "key")


@pytest.mark.parametrize(("password", "words"), [("", "asks for a password"), (":wrong@", "refuses this user")])
async def test_a_wrong_password_stops_the_start_and_names_the_key(tmp_path: Path, password: str, words: str) -> None:
    with running_redis(tmp_path, "right") as server:
        state = RedisState(server.url.replace("://", f"://{password}"), Metrics(), SystemClock())
        with pytest.raises(ConfigError, match=rf"cache\.redis_url: Redis {words}"):
            await state.open()
        await state.close()


def test_what_is_no_address_is_a_fault(metrics: Metrics) -> None:
    with pytest.raises(ConfigError, match=r"cache\.redis_url: an address such as"):
        RedisState("http://localhost", metrics, SystemClock())
