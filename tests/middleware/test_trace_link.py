"""Every request has a place in a trace, which the client, the log and the upstreams are told."""

from __future__ import annotations

import json
import logging
import re

import pytest
from aiohttp import ClientSession, web
from support.gateway import Gateway, StartGateway
from support.images_api import GENERATIONS, ask
from support.links import Mount
from support.provider import Provider, behind

from gateway.clock import system_random
from gateway.logs import JsonFormatter
from gateway.middleware.trace import trace
from gateway.trace import current_trace, onward

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SENT = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"}


async def say_onward(_: web.Request) -> web.StreamResponse:
    return web.json_response(onward())


async def test_the_clients_trace_goes_on(mount: Mount) -> None:
    client = await mount(trace(system_random), handler=say_onward)

    told = await (await client.get("/", headers={**SENT, "tracestate": "vendor=1"})).json()

    assert re.fullmatch(f"00-{TRACE_ID}-[0-9a-f]{{16}}-01", told["traceparent"])
    assert told["traceparent"] != SENT["traceparent"]
    assert told["tracestate"] == "vendor=1"
    assert current_trace.get() is None


async def test_without_one_a_trace_begins_that_nobody_records(mount: Mount) -> None:
    client = await mount(trace(system_random), handler=say_onward)

    told = [await (await client.get("/", headers={"tracestate": "vendor=1"})).json() for _ in range(2)]

    assert all(re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", each["traceparent"]) for each in told)
    assert told[0] != told[1]
    assert "tracestate" not in told[0]


@pytest.mark.parametrize("path", ["/healthz", "/v1/images/generations", "/nothing"])
async def test_every_answer_names_the_trace(gateway: Gateway, path: str) -> None:
    reply = await ask(gateway, "GET", path, headers=SENT)

    assert reply.headers["traceparent"].split("-")[1] == TRACE_ID


async def test_the_backend_is_asked_within_the_trace(start: StartGateway, provider: Provider) -> None:
    gateway = await start(behind(provider.base_url))

    await ask(gateway, "POST", GENERATIONS, json={"prompt": "a"}, headers=SENT)

    assert provider.calls[-1].headers["traceparent"].split("-")[1] == TRACE_ID


async def test_a_line_of_the_log_names_the_trace(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(JsonFormatter().format(record))  # type: ignore[method-assign]  # formats where the request runs
    logging.getLogger("gateway.access").addHandler(handler)
    with caplog.at_level(logging.INFO, "gateway.access"):
        await ask(gateway, "GET", "/healthz", headers=SENT)
    logging.getLogger("gateway.access").removeHandler(handler)

    assert [json.loads(line)["trace_id"] for line in lines] == [TRACE_ID]


async def test_the_metrics_lead_to_recorded_traces(gateway: Gateway, client: ClientSession) -> None:
    await ask(gateway, "POST", GENERATIONS, json={"prompt": "a"}, headers=SENT)
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}

    async with client.get(gateway.address + "/metrics", headers=accept) as response:
        page = await response.text()

    exemplars = [line for line in page.splitlines() if f'# {{trace_id="{TRACE_ID}"}}' in line]
    assert {line.split("_bucket")[0] for line in exemplars} == {
        "gateway_http_request_duration_seconds",
        "gateway_upstream_request_duration_seconds",
    }
