"""Several workers at one address are one gateway: whichever answers, the answer is the same."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml
from aiohttp import ClientConnectionError, ClientSession
from support.child import PATIENCE, Child, command, serving
from support.connections import fresh_connections
from support.gateway import Document
from support.images_api import GENERATIONS
from support.provider import HELD, Provider, behind

WORKERS = 2
BEARER = {"Authorization": "Bearer of-the-web"}
ORDER = {"prompt": "a lighthouse"}


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with fresh_connections() as made:
        yield made


def sections(provider: Provider, **more: Any) -> dict[str, Any]:
    server = {"port": 0, "workers": WORKERS, "drain_delay": 0.2, "drain_timeout": 5}
    token = {"name": "web", "token": "of-the-web", "requests_per_minute": 600, "images_per_day": 4}
    return {**behind(provider.base_url), "server": server, "auth": {"tokens": [token]}, **more}


Serve: TypeAlias = Callable[..., Coroutine[Any, Any, Child]]


@pytest.fixture
async def serve(tmp_path: Path, provider: Provider) -> AsyncIterator[Serve]:
    async with AsyncExitStack() as stack:

        async def start(document: Document | None = None) -> Child:
            gateway = await stack.enter_async_context(serving(tmp_path, document or sections(provider)))
            await until(lambda: len(pids(gateway)) == WORKERS)
            return gateway

        yield start


@pytest.fixture
def open_to_all(provider: Provider) -> Document:
    return sections(provider, auth={})


async def post(session: ClientSession, gateway: Child, order: object = None, **headers: str) -> tuple[int, Any]:
    sent = {**BEARER, **headers}
    async with session.post(gateway.address + GENERATIONS, json=order or ORDER, headers=sent) as response:
        return response.status, await response.json()


async def get(session: ClientSession, gateway: Child, **query: str) -> str:
    """What the cache did."""
    async with session.get(gateway.address + GENERATIONS, params=query or ORDER, headers=BEARER) as response:
        assert response.status == 200, await response.text()
        return response.headers["X-Cache"]


async def metrics(session: ClientSession, gateway: Child) -> dict[str, float]:
    async with session.get(gateway.address + "/metrics") as response:
        lines = (await response.text()).splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


async def answered(session: ClientSession, gateway: Child) -> float:
    """Requests for models, as counted."""
    found = await metrics(session, gateway)
    return sum(
        value for name, value in found.items() if name.startswith("gateway_http_requests_total{") and "models" in name
    )


def pids(gateway: Child) -> list[int]:
    """Of the workers, in the order they became ready."""
    return [int(found[1]) for line in gateway.log() if (found := re.search(r"worker ready .*pid=(\d+)", line))]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - another process sets no event of ours
            await asyncio.sleep(0.01)


async def test_all_of_them_answer_count_and_reload(session: ClientSession, serve: Serve, tmp_path: Path) -> None:
    gateway = await serve()
    await counts_add_up(session, gateway)
    await a_reload_reaches_all(session, gateway, tmp_path)


async def counts_add_up(session: ClientSession, gateway: Child) -> None:
    seen = []
    for _ in range(4):
        await asyncio.gather(*(ask_for_models(session, gateway) for _ in range(25)))
        seen.append(await answered(session, gateway))

    shares = Counter(re.findall(r"worker=(\d) .*path=/v1/models", "\n".join(gateway.log())))
    found = await metrics(session, gateway)
    assert seen == [25, 50, 75, 100]
    assert len(shares) == WORKERS, shares
    assert (found["gateway_workers"], found['gateway_build_info{version="0.1.0"}']) == (WORKERS, 1)
    assert found["gateway_http_requests_in_flight"] == 1  # the scrape itself
    assert found["gateway_config_last_reload_successful"] == 1
    assert found["gateway_event_loop_lag_seconds_count"] > 1


async def a_reload_reaches_all(session: ClientSession, gateway: Child, folder: Path) -> None:
    document = yaml.safe_load(read(folder / "gateway.yaml"))
    document["models"]["brand-new"] = {"operations": ["generate"], "upstreams": ["first"]}
    write(folder / "gateway.yaml", yaml.safe_dump(document))

    gateway.signal(signal.SIGHUP)
    await until(lambda: sum("configuration reloaded" in line for line in gateway.log()) == WORKERS)
    answers = await asyncio.gather(*(told_of(session, gateway) for _ in range(12)))

    assert all("brand-new" in text for text in answers)


async def told_of(session: ClientSession, gateway: Child) -> str:
    async with session.get(gateway.address + "/v1/models", headers=BEARER) as response:
        return await response.text()


async def ask_for_models(session: ClientSession, gateway: Child) -> int:
    async with session.get(gateway.address + "/v1/models", headers=BEARER) as response:
        await response.read()
        return response.status


async def test_limits_keys_answers_and_equal_work_are_of_all_together(
    session: ClientSession, serve: Serve, provider: Provider
) -> None:
    provider.script(HELD, HELD)
    gateway = await serve()
    keyed = [asyncio.create_task(post(session, gateway, **{"Idempotency-Key": "k"})) for _ in range(8)]
    equal = [asyncio.create_task(get(session, gateway)) for _ in range(8)]
    await provider.called(2)
    await asyncio.sleep(0.2)  # the others have their chance to call too
    provider.release()
    answers, states = await asyncio.gather(*keyed), await asyncio.gather(*equal)
    later = [await get(session, gateway) for _ in range(6)]
    more = [(await post(session, gateway))[0] for _ in range(4)]

    assert len({answer["data"][0]["url"] for status, answer in answers if status == 200}) == 1
    assert len(answers) == 8
    assert set(states) <= {"MISS", "COALESCED", "HIT"}
    assert later == ["HIT"] * 6
    assert more == [200, 200, 429, 429]  # two of the day's four are gone
    assert len(provider.calls) == 4


async def test_a_killed_worker_takes_along_only_what_it_worked_on(
    session: ClientSession, serve: Serve, open_to_all: Document
) -> None:
    gateway = await serve(open_to_all)
    statuses, over = Counter[str](), False

    async def load() -> None:
        while not over:
            try:
                statuses[str(await ask_for_models(session, gateway))] += 1
            except (ClientConnectionError, OSError) as error:
                statuses[type(error).__name__] += 1

    clients = [asyncio.create_task(load()) for _ in range(4)]
    await until(lambda: statuses["200"] > 50)
    before = await metrics(session, gateway)
    os.kill(pids(gateway)[0], signal.SIGKILL)
    await until(lambda: len(pids(gateway)) > WORKERS)
    at_once = await metrics(session, gateway)
    reached = statuses["200"]
    await until(lambda: statuses["200"] > reached + 50)
    over = True
    await asyncio.gather(*clients)
    after = await metrics(session, gateway)

    assert sum(statuses.values()) - statuses["200"] <= len(clients), statuses
    assert fallen(before, at_once) == fallen(at_once, after) == []
    assert (after["gateway_workers"], after["gateway_worker_restarts_total"]) == (WORKERS, 1)
    assert any("worker has ended by itself" in line for line in gateway.log())


def fallen(before: dict[str, float], after: dict[str, float]) -> list[str]:
    """Counters that have."""
    counters = [name for name in before if re.search(r"(_total|_count|_sum|_bucket)(\{|$)", name)]
    return [name for name in counters if after.get(name, 0) < before[name]]


@pytest.mark.parametrize(
    "everybody",
    [
        pytest.param(False, marks=pytest.mark.slow, id="the one that was started"),
        pytest.param(True, id="the whole group"),
    ],
)
async def test_asked_to_end_all_finish_what_they_do(
    session: ClientSession, serve: Serve, provider: Provider, open_to_all: Document, *, everybody: bool
) -> None:
    provider.script(*[HELD] * 6)
    gateway = await serve(open_to_all)
    slow = [asyncio.create_task(post(session, gateway, {"prompt": f"a {turn}"})) for turn in range(6)]
    await provider.called(6)

    gateway.signal(signal.SIGTERM)
    if everybody:  # as a terminal or a service manager does it
        for pid in pids(gateway):
            os.kill(pid, signal.SIGTERM)
    await until(lambda: sum("gateway.server: draining" in line for line in gateway.log()) == WORKERS)
    provider.release()

    assert {status for status, _ in await asyncio.gather(*slow)} == {200}
    assert await gateway.exit_status() == 0
    assert not [line for line in gateway.log() if "killed" in line or "cut off" in line]


@pytest.mark.slow
async def test_asked_twice_they_end_at_once(
    session: ClientSession, serve: Serve, provider: Provider, open_to_all: Any
) -> None:
    provider.script(HELD)
    gateway = await serve({**open_to_all, "server": {**open_to_all["server"], "drain_timeout": 600}})
    slow = asyncio.create_task(post(session, gateway))
    await provider.called()

    gateway.signal(signal.SIGTERM)
    await until(lambda: sum("gateway.server: draining" in line for line in gateway.log()) == WORKERS)
    gateway.signal(signal.SIGTERM)

    assert (await slow)[0] == 503
    assert await gateway.exit_status() == 0


def read(path: Path) -> str:
    return path.read_text()


def write(path: Path, text: str) -> None:
    path.write_text(text)


@pytest.mark.slow
async def test_without_the_one_that_started_them_they_finish_and_end(
    session: ClientSession, serve: Serve, provider: Provider, open_to_all: Document
) -> None:
    provider.script(HELD)
    gateway = await serve(open_to_all)
    slow = asyncio.create_task(post(session, gateway))
    await provider.called()

    gateway.signal(signal.SIGKILL)
    await until(lambda: sum("gateway.server: draining" in line for line in gateway.log()) == WORKERS)
    provider.release()

    assert (await slow)[0] == 200
    await until(lambda: sum("gateway.server: stopped" in line for line in gateway.log()) == WORKERS)


@pytest.mark.slow
async def test_what_keeps_the_first_from_starting_is_said_once(tmp_path: Path) -> None:
    write(tmp_path / "a-file", "")
    document = {"server": {"port": 0, "workers": 3}, "images": {"store": "file:./a-file"}}
    write(tmp_path / "gateway.yaml", yaml.safe_dump(document))
    status, output, errors = await command(tmp_path, "--config", "gateway.yaml")

    assert (status, output) == (1, "")
    assert errors.count("a-file") == 1, errors
    assert "Traceback" not in errors
