"""A configuration that changes under load: nobody notices but who asks for what is new, or for what is gone."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
from support.crowd import Crowd, Fronted, StartFronted
from support.gateway import Document
from support.images_api import GENERATIONS
from support.provider import HELD, KEY, Provider, Reply, behind, providing

from gateway.app import GENERATIONS as TODAY
from gateway.app import METRICS, TOKENS, reconfigure
from gateway.config import Config
from gateway.config_file import ConfigError
from gateway.reloadable import Change

Follow = Callable[[Fronted, Document], Any]
STATES = ("in_flight", "queued", "breaker_open")


@pytest.fixture
def follow(configure: Callable[[Document], Config]) -> Follow:
    """Have a gateway take these sections of gateway.yaml in place of its own."""

    async def take(gateway: Fronted, document: Document) -> Change:
        return await reconfigure(gateway.app, configure(document))

    return take


@pytest.fixture
async def second() -> AsyncIterator[Provider]:
    async with providing() as other:
        yield other


@pytest.fixture
def crowd(client: Any) -> Crowd:
    return Crowd(client)


def gauge(gateway: Fronted, state: str, upstream: str = "first") -> float | None:
    labels = {"upstream": upstream}
    return gateway.app[METRICS].registry.get_sample_value(f"gateway_upstream_{state}", labels)


def with_model(base_url: str, name: str, operations: tuple[str, ...] = ("generate",), **sections: Any) -> Document:
    document = behind(base_url)
    entry = {"operations": list(operations), "upstreams": ["first"]}
    return {**document, "models": {**document["models"], name: entry}, **sections}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the gateway sets no event of ours
            await asyncio.sleep(0.002)


async def test_twenty_reloads_under_load_fail_nobody(
    front: StartFronted, follow: Follow, provider: Provider, second: Provider, crowd: Crowd
) -> None:
    gateway, statuses = await front(), Counter[int]()
    over = False

    async def load() -> None:
        while not over:
            statuses[(await crowd.ask(gateway)).status] += 1
            statuses[(await crowd.ask(gateway, "GET", "/v1/models/nano-banana", params={})).status] += 1

    clients = [asyncio.create_task(load()) for _ in range(8)]
    for turn in range(20):
        provider_of_now = (provider, second)[turn % 2]
        sections: dict[str, Any] = {
            "server": {"request_timeout": 100 + turn},
            "inputs": {"max_size": 2**20 + turn},
        }
        await follow(gateway, with_model(provider_of_now.base_url, f"model-{turn}", **sections))
        status, answer = await gateway.get("/v1/models")
        assert status == 200
        assert {model["id"] for model in answer["data"]} > {f"model-{turn}", "nano-banana"}
        assert (await crowd.ask(gateway, json={"prompt": "a", "model": f"model-{turn}"})).status == 200
    over = True
    await asyncio.gather(*clients)

    assert set(statuses) == {200}
    assert min(len(provider.calls), len(second.calls)) > 20
    await until(lambda: not gateway.app[TODAY]._leaving)


async def test_a_new_model_is_seen_by_everybody_who_tells_of_models(
    front: StartFronted, follow: Follow, provider: Provider, crowd: Crowd
) -> None:
    gateway = await front()
    before = [await told(gateway, place) for place in ("/openapi.json", "/")]

    await follow(gateway, with_model(provider.base_url, "brand-new", defaults={"generate": "brand-new"}))

    assert not any("brand-new" in text for text in before)
    for place in ("/openapi.json", "/", "/v1/models"):
        assert "brand-new" in await told(gateway, place), place
    assert json.loads((await crowd.ask(gateway, json={"prompt": "a", "model": "brand-new"})).body)["data"]


async def test_an_assistant_sees_it_too(front: StartFronted, follow: Follow, provider: Provider) -> None:
    gateway = await front()
    before = await tools(gateway)

    await follow(gateway, with_model(provider.base_url, "brand-new"))

    assert "brand-new" not in before
    assert "brand-new" in await tools(gateway)


async def told(gateway: Fronted, path: str) -> str:
    async with gateway.client.get(gateway.address + path) as response:
        return await response.text()


async def tools(gateway: Fronted) -> str:
    call: Mapping[str, object] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"Accept": "application/json, text/event-stream"}
    async with gateway.client.post(gateway.address + "/mcp", json=call, headers=headers) as response:
        assert response.status == 200, await response.text()
        return await response.text()


async def test_what_runs_is_finished_where_it_began(
    front: StartFronted, follow: Follow, provider: Provider, second: Provider, crowd: Crowd
) -> None:
    provider.script(HELD)
    gateway = await front()
    slow = asyncio.create_task(crowd.ask(gateway))
    await provider.called()

    await follow(gateway, behind(second.base_url))
    quick = await crowd.ask(gateway)
    leaving = len(gateway.app[TODAY]._leaving)
    provider.release()

    assert (quick.status, (await slow).status) == (200, 200)
    assert (len(provider.calls), len(second.calls), leaving) == (1, 1, 1)
    await until(lambda: not gateway.app[TODAY]._leaving)


async def test_paid_work_that_nobody_waits_for_is_finished_where_it_began(
    front: StartFronted, follow: Follow, provider: Provider, second: Provider, crowd: Crowd
) -> None:
    provider.script(HELD)
    gateway, key = await front(), {"Idempotency-Key": "k"}
    lost = asyncio.create_task(crowd.ask(gateway, headers=key))
    await provider.called()
    lost.cancel()
    await asyncio.gather(lost, return_exceptions=True)

    await follow(gateway, behind(second.base_url))
    provider.release()
    await gateway.quiet()

    assert (await crowd.ask(gateway, headers=key)).status == 200
    assert (len(provider.calls), len(second.calls), provider.disconnects) == (1, 0, 0)


async def test_an_upstream_that_has_not_changed_keeps_its_breaker(
    front: StartFronted, follow: Follow, provider: Provider, crowd: Crowd
) -> None:
    gateway = await front()
    member = gateway.app[TODAY].today.backends.members["first"]
    member.breaker._turn(is_open=True)

    await follow(gateway, {**behind(provider.base_url), "inputs": {"max_size": 2**20}})

    assert gauge(gateway, "breaker_open") == 1
    assert (await crowd.ask(gateway)).status == 503


async def test_it_keeps_its_connections_too(front: StartFronted, follow: Follow, provider: Provider) -> None:
    gateway = await front()
    before = gateway.app[TODAY].today.backends.upstreams

    await follow(gateway, with_model(provider.base_url, "another"))

    assert gateway.app[TODAY].today.backends.upstreams == before


async def test_an_upstream_with_another_key_begins_anew(
    front: StartFronted, follow: Follow, provider: Provider, crowd: Crowd
) -> None:
    """Its breaker has opened because of the old one."""
    gateway = await front()
    gateway.app[TODAY].today.backends.members["first"].breaker._turn(is_open=True)

    await follow(gateway, behind(provider.base_url, api_key="sk-of-today"))

    assert (await crowd.ask(gateway)).status == 200
    assert gauge(gateway, "breaker_open") == 0
    assert provider.calls[-1].headers["Authorization"] == "Bearer sk-of-today"


async def test_calls_that_wait_keep_their_place_in_the_queue(
    front: StartFronted, follow: Follow, provider: Provider, crowd: Crowd
) -> None:
    provider.script(HELD, HELD, HELD)
    gateway = await front(concurrency=1)
    asked = crowd.many(3, gateway)
    await provider.called()
    await until(lambda: gauge(gateway, "queued") == 2)

    await follow(gateway, {**behind(provider.base_url, concurrency=1), "upscale": {"max_output_pixels": 10**6}})
    asked += crowd.many(1, gateway)
    await until(lambda: gauge(gateway, "queued") == 3)
    provider.release()

    assert {heard.status for heard in await asyncio.gather(*asked)} == {200}
    assert provider.most_at_once == 1


async def test_of_an_upstream_that_is_gone_only_what_it_did_is_told(
    front: StartFronted, follow: Follow, provider: Provider, second: Provider, crowd: Crowd
) -> None:
    document = behind(provider.base_url, second.base_url)
    gateway = await front(document)
    second.script(HELD)
    provider.script(Reply(status=401))
    slow = asyncio.create_task(crowd.ask(gateway))
    await second.called()

    await follow(gateway, behind(provider.base_url))
    assert gauge(gateway, "in_flight", "second") == 1
    second.release()
    await slow
    await until(lambda: gauge(gateway, "in_flight", "second") is None)

    assert [gauge(gateway, state, "second") for state in STATES] == [None, None, None]
    assert all(gauge(gateway, state) == 0 for state in STATES)
    labels = {"upstream": "second", "operation": "generate", "outcome": "success"}
    assert gateway.app[METRICS].registry.get_sample_value("gateway_upstream_requests_total", labels) == 1


async def test_limits_of_requests_are_taken(
    front: StartFronted, follow: Follow, provider: Provider, crowd: Crowd
) -> None:
    provider.script(HELD)
    gateway = await front()

    await follow(gateway, {**behind(provider.base_url), "server": {"max_in_flight": 1, "max_body": 2000}})
    slow = asyncio.create_task(crowd.ask(gateway))
    await provider.called()
    full = await crowd.ask(gateway)
    provider.release()
    await slow
    large = await crowd.ask(gateway, json={"prompt": "a", "user": "b" * 3000})

    assert (full.status, large.status) == (503, 413)


FAULTY: list[tuple[Document, str]] = [
    (with_model("http://127.0.0.1:9/v1", "m", ("upscale",)), "none of its upstreams"),
    ({"auth": {"tokens": []}}, "taking the last one away"),
]


@pytest.mark.parametrize(("sections", "fault"), FAULTY, ids=["undoable", "open"])
async def test_a_faulty_one_changes_nothing_at_all(
    front: StartFronted, follow: Follow, crowd: Crowd, sections: Document, fault: str
) -> None:
    tokens = {"tokens": [{"name": "web", "token": "of-the-web"}]}
    gateway = await front({"auth": tokens})
    today = gateway.app[TODAY].today
    wrong = {**behind("http://127.0.0.1:9/v1"), "auth": {"tokens": [{"name": "other", "token": "x"}]}, **sections}

    with pytest.raises(ConfigError, match=fault):
        await follow(gateway, wrong)

    assert gateway.app[TODAY].today is today
    assert gateway.app[TOKENS].find(b"of-the-web") is not None
    assert (await crowd.ask(gateway, headers={"Authorization": "Bearer of-the-web"})).status == 200
    assert gauge(gateway, "breaker_open") == 0


async def test_new_signing_secrets_sign_and_old_links_hold(
    front: StartFronted, follow: Follow, provider: Provider, crowd: Crowd
) -> None:
    old, new = "o" * 40, "n" * 40
    gateway = await front({"images": {"signed": True, "signing_secrets": [old]}})
    before = (await crowd.ask(gateway)).data[0]["url"]

    await follow(gateway, {**behind(provider.base_url), "images": {"signed": True, "signing_secrets": [new, old]}})
    after = (await crowd.ask(gateway)).data[0]["url"]
    await follow(gateway, {**behind(provider.base_url), "images": {"signed": True, "signing_secrets": [new]}})
    statuses = []
    for url in (before, after):
        async with gateway.client.get(url) as response:
            statuses.append(response.status)

    assert statuses == [404, 200]


async def test_what_needs_a_restart_stays(front: StartFronted, follow: Follow, provider: Provider) -> None:
    gateway = await front()

    change = await follow(
        gateway, {**behind(provider.base_url), "server": {"port": 1, "public_url": "https://a.example"}}
    )

    assert change == Change((), ("server.port", "server.public_url"))
    assert "a.example" not in (await told(gateway, "/openapi.json"))
    assert GENERATIONS in await told(gateway, "/openapi.json")
    assert KEY not in repr(change)
