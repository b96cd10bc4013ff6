"""Every query of the dashboard and of the rules, asked of a Prometheus that scrapes a running gateway."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from support.child import Child, serving
from support.collector import collecting
from support.deploy import panels, rules
from support.prometheus import Prometheus, scraping
from support.provider import Provider, Reply, behind
from support.redis_server import running_redis

METRIC = re.compile(r"\b(?:gateway_\w+|\w+:gateway_\w+:\w+)\b")
RANGE = "1m"


def dashboard_queries() -> Iterator[str]:
    for panel in panels():
        for target in panel["targets"]:
            yield target["expr"].replace("$__rate_interval", RANGE).replace("$job", "gateway")


async def ask_for_pictures(gateway: Child, client: ClientSession) -> None:
    """One for each of what a metric may tell apart: made, from memory, refused, made at the second attempt."""
    address = f"{gateway.address}/v1/images/generations"
    for _ in range(2):
        await (await client.get(address, params={"prompt": "a"})).read()
    for body in ({"prompt": "b"}, {}):
        await (await client.post(address, json=body)).read()


@pytest.fixture
async def gateway(tmp_path: Path, provider: Provider) -> AsyncIterator[Child]:
    """With everything that has metrics of its own."""
    with running_redis(tmp_path) as redis:
        async with collecting() as collector:
            document = {"cache": {"redis_url": redis.url}, "tracing": {"endpoint": collector.endpoint}}
            async with serving(tmp_path, {**behind(provider.base_url), **document}) as child:
                yield child


@pytest.fixture
async def prometheus(
    tmp_path: Path, gateway: Child, provider: Provider, client: ClientSession
) -> AsyncIterator[Prometheus]:
    provider.script(Reply(status=503))
    await ask_for_pictures(gateway, client)
    async with scraping(gateway.address, tmp_path, client) as running:
        await running.until("gateway_build_info")
        await ask_for_pictures(gateway, client)
        await running.until("job:gateway_image_requests_failed:ratio_rate5m")
        await running.until("job_upstream:gateway_upstream_retries:ratio_rate5m")
        yield running


async def test_every_query_is_answered(prometheus: Prometheus) -> None:
    answers = await asyncio.gather(*(prometheus.query(query) for query in dashboard_queries()))
    recorded = await asyncio.gather(*(prometheus.query(rule["record"]) for rule in rules() if "record" in rule))
    names = await prometheus.metric_names()
    named = {
        name for text in (*dashboard_queries(), *(rule["expr"] for rule in rules())) for name in METRIC.findall(text)
    }

    assert [query for query, answer in zip(dashboard_queries(), answers, strict=True) if not answer] == []
    assert all(recorded)
    assert named - names == set()
    await asyncio.gather(*(prometheus.query(rule["expr"]) for rule in rules()))
