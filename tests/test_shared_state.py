"""Redis that stops, pauses or talks nonsense: bounded waiting, one line a change, and a gauge (H8)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from support.object_stores import needed
from support.redis_server import RedisServer, running_redis

from gateway.clock import SystemClock
from gateway.config_file import ConfigError
from gateway.metrics import Metrics
from gateway.shared_state import LOOK_EVERY, SILENT_FOR, RedisState, SharedStateDown

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


@pytest.mark.alone
async def test_whoever_waits_when_it_goes_down_waits_no_longer(server: RedisServer, metrics: Metrics) -> None:
    async with connected(server.url, metrics) as state:
        server.pause()
        first = asyncio.create_task(state.get("key"))
        await asyncio.sleep(SILENT_FOR * 0.8)
        started = time.monotonic()
        results = await asyncio.gather(*(state.get("key") for _ in range(20)), return_exceptions=True)

        assert time.monotonic() - started < SILENT_FOR * 0.6
        assert {type(result) for result in results} == {SharedStateDown}
        with pytest.raises(SharedStateDown):
            await first
    assert metrics.registry.get_sample_value("gateway_shared_state_failures_total", {"backend": "redis"}) == 21


@pytest.mark.parametrize("harm", [RedisServer.pause, RedisServer.stop])
async def test_one_that_falls_silent_costs_a_quarter_of_a_second_once(
    server: RedisServer, metrics: Metrics, harm: Callable[[RedisServer], None], caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(server.url, metrics) as state:
        harm(server)
        started = time.monotonic()
        for _ in range(100):
            with pytest.raises(SharedStateDown):
                await state.get("key")

        assert time.monotonic() - started < 2 * SILENT_FOR
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


async def test_nonsense_counts_as_down(server: RedisServer, metrics: Metrics) -> None:
    async with connected(server.url, metrics) as state:
        server.babble()
        with pytest.raises(SharedStateDown):
            await state.run("return {}", "key")
        assert gauge(metrics) == 0
        server.restart()
        await until(lambda: gauge(metrics) == 1)


async def test_one_without_memory_is_left_alone_until_it_has_some(
    server: RedisServer, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(server.url, metrics) as state:
        server.fill()
        with pytest.raises(SharedStateDown):
            await state.put("key", b"value", 60)
        with pytest.raises(SharedStateDown):
            await state.get("key")
        await asyncio.sleep(LOOK_EVERY + 0.2)  # a look that writes finds it as full as before
        assert gauge(metrics) == 0

        server.empty()
        await until(lambda: gauge(metrics) == 1)
        await state.put("key", b"value", 60)
    told = [vars(record)["fields"] for record in caplog.records if "redis" in record.message]
    assert told == [{"cause": "OutOfMemoryError"}]


async def test_one_that_has_lost_everything_is_used_on(server: RedisServer, metrics: Metrics) -> None:
    async with connected(server.url, metrics) as state:
        await state.put("key", b"value", 60)
        assert await state.run("return {'1'}", "key") == [b"1"]
        server.restart()
        with suppress(SharedStateDown):  # the connections broke, which one question may learn
            await state.get("key")
        await until(lambda: gauge(metrics) == 1)

        assert await state.get("key") is None
        assert await state.run("return {'1'}", "key") == [b"1"]  # its scripts went too


async def test_a_password_that_it_wants_all_at_once_is_like_being_down(server: RedisServer, metrics: Metrics) -> None:
    async with connected(server.url, metrics) as state:
        server.lock("new")
        with pytest.raises(SharedStateDown):
            await state.get("key")
        assert gauge(metrics) == 0


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
