"""Spans of a live gateway, as a real collector of OTLP receives them."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from support.child import serving
from support.collector import Collector, Received, collecting
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, ask
from support.object_stores import needed
from support.provider import KEY, Provider, Reply, behind
from support.samples import plain, text

needed("opentelemetry.sdk", "test")

from gateway.config import TracingConfig  # noqa: E402 - skipped without the extra
from gateway.metrics import Metrics  # noqa: E402 - likewise
from gateway.tracing.export import FLUSH_WITHIN  # noqa: E402 - likewise
from gateway.tracing.recorder import OtelRecorder  # noqa: E402 - likewise

TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED, UNSAMPLED = (f"00-{TRACE_ID}-{SPAN_ID}-{flags}" for flags in ("01", "00"))
SERVER, CLIENT, INTERNAL = 2, 3, 1
POST = f"POST {GENERATIONS}"


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as running:
        yield running


@pytest.fixture
def traced(collector: Collector, provider: Provider, start: StartGateway) -> Callable[..., Any]:
    """Start a gateway in front of the provider that exports to the collector, which outlives it to take the last."""

    async def start_one(**keys: Any) -> Gateway:
        tracing = {"endpoint": collector.endpoint, **keys}
        return await start({**behind(provider.base_url), "tracing": tracing})

    return start_one


async def test_a_request_is_a_span_with_one_for_each_attempt_and_each_picture(
    traced: Callable[..., Any], collector: Collector, provider: Provider
) -> None:
    gateway = await traced()
    provider.script(Reply(status=503))

    reply = await ask(gateway, "POST", GENERATIONS, json={"prompt": "a", "n": 2, "output_format": "webp"})

    (request,) = await collector.named(POST)
    attempts, conversions, hostings = [
        await collector.named(name, count) for name, count in (("generate first", 2), ("convert", 2), ("host", 2))
    ]
    assert request.kind == SERVER
    assert request.parent_id == ""
    assert not request.failed
    assert reply.headers["traceparent"] == f"00-{request.trace_id}-{request.span_id}-01"
    for child in (*attempts, *conversions, *hostings):
        assert (child.trace_id, child.parent_id) == (request.trace_id, request.span_id)
    assert {child.kind for child in attempts} == {CLIENT}
    assert {child.kind for child in (*conversions, *hostings)} == {INTERNAL}
    assert sum(child.attributes["gateway.attempt"] for child in attempts) == 3


async def test_what_a_request_tells(traced: Callable[..., Any], collector: Collector) -> None:
    gateway = await traced()

    reply = await ask(gateway, "GET", GENERATIONS, params={"prompt": "a"})

    (request,) = await collector.named(f"GET {GENERATIONS}")
    assert request.attributes == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": GENERATIONS,
        "url.path": GENERATIONS,
        "url.scheme": "http",
        "network.protocol.version": "1.1",
        "gateway.request_id": reply.headers["X-Request-ID"],
        "gateway.operation": "generate",
        "gateway.model": "nano-banana",
        "gateway.cache": "miss",
    }
    assert request.resource["service.name"] == "nano-banana-gateway"
    assert request.resource["service.version"]


async def test_what_an_attempt_tells(traced: Callable[..., Any], collector: Collector, provider: Provider) -> None:
    gateway = await traced()
    provider.script(Reply(status=429, headers={"Retry-After": "0"}))

    await ask(gateway, "POST", GENERATIONS, json={"prompt": "a"})

    refused, made = sorted(
        await collector.named("generate first", 2), key=lambda span: span.attributes["gateway.attempt"]
    )
    told = {"gateway.upstream": "first", "gateway.operation": "generate", "gateway.model": "nano-banana"}
    assert refused.failed
    assert refused.attributes == {
        **told,
        "gateway.attempt": 1,
        "gateway.outcome": "refused",
        "error.type": "refused",
        "http.response.status_code": 429,
    }
    assert not made.failed
    assert made.attributes == {**told, "gateway.attempt": 2, "gateway.outcome": "success"}


async def test_a_failed_request_is_a_failed_span(
    traced: Callable[..., Any], collector: Collector, provider: Provider
) -> None:
    gateway = await traced()
    provider.script(Reply(status=401))
    await ask(gateway, "POST", GENERATIONS, json={"prompt": "a"})
    await ask(gateway, "POST", GENERATIONS, json={})

    failed, refused = await collector.named(POST, 2)
    assert (failed.failed, failed.attributes["error.type"]) == (True, "500")
    assert (refused.failed, refused.attributes["http.response.status_code"]) == (False, 400)


async def test_the_clients_trace_goes_through_to_the_backend(
    traced: Callable[..., Any], collector: Collector, provider: Provider
) -> None:
    gateway = await traced(sample=0)
    headers = {"traceparent": SAMPLED, "tracestate": "vendor=1"}

    await ask(gateway, "POST", GENERATIONS, json={"prompt": "a"}, headers=headers)

    (request,), (attempt,) = await collector.named(POST), await collector.named("generate first")
    assert (request.trace_id, request.parent_id) == (TRACE_ID, SPAN_ID)
    sent = provider.calls[-1].headers
    assert sent["traceparent"] == f"00-{TRACE_ID}-{attempt.span_id}-01"
    assert sent["tracestate"] == "vendor=1"


async def test_what_is_not_sampled_goes_on_unrecorded(
    traced: Callable[..., Any], collector: Collector, provider: Provider
) -> None:
    gateway = await traced()

    await ask(gateway, "POST", GENERATIONS, json={"prompt": "a"}, headers={"traceparent": UNSAMPLED})
    await ask(gateway, "POST", EDITS, json={})

    await collector.named(f"POST {EDITS}")
    assert {span.name for span in collector.spans} == {f"POST {EDITS}"}
    assert provider.calls[-1].headers["traceparent"].startswith(f"00-{TRACE_ID}-")
    assert provider.calls[-1].headers["traceparent"].endswith("-00")


async def test_machines_that_look_leave_no_spans(traced: Callable[..., Any], collector: Collector) -> None:
    gateway = await traced()

    for path in ("/healthz", "/readyz", "/metrics", "/nothing"):
        await ask(gateway, "GET", path)

    (unknown,) = await collector.named("GET")
    assert unknown.attributes["http.response.status_code"] == 404
    assert [span.name for span in collector.spans] == ["GET"]


async def test_no_span_holds_what_a_client_sent_or_a_secret(
    start: StartGateway, collector: Collector, provider: Provider
) -> None:
    tracing = {"endpoint": collector.endpoint, "headers": {"authorization": "Bearer of-the-collector"}}
    token = {"name": "web", "token": "canary-token"}
    gateway = await start({**behind(provider.base_url), "tracing": tracing, "auth": {"tokens": [token]}})
    headers = {"Authorization": "Bearer canary-token"}
    provider.script(Reply(status=400, raw=b"canary-words of the backend"))

    await ask(gateway, "POST", GENERATIONS, json={"prompt": "canary-prompt"}, headers=headers)
    made = await ask(gateway, "POST", GENERATIONS, json={"prompt": "canary-prompt"}, headers=headers)
    url = json.loads(made.body)["data"][0]["url"]
    await ask(gateway, "GET", url.removeprefix(gateway.address) + "?canary-query=1")
    await ask(gateway, "GET", "/canary-path?canary-query=1", headers={"X-Forwarded-For": "canary-header"})
    await ask(gateway, "POST", EDITS, json={"prompt": "canary-prompt", "image": "http://canary-host/"}, headers=headers)

    await collector.named(f"POST {EDITS}")
    whole = b"".join(collector.bodies)
    assert b"GET /images/{filename}" in whole
    assert [word for word in (b"canary", KEY.encode(), b"of-the-collector", url[-20:].encode()) if word in whole] == []
    assert collector.headers[-1]["authorization"] == "Bearer of-the-collector"
    assert (await collector.named(POST))[0].attributes["gateway.caller"] == "web"


async def test_the_environment_names_the_service(
    traced: Callable[..., Any], collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "pictures")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "k8s.pod.name=gateway-0")
    gateway = await traced()

    await ask(gateway, "GET", "/v1/models")

    (span,) = await collector.named("GET /v1/models")
    assert (span.resource["service.name"], span.resource["k8s.pod.name"]) == ("pictures", "gateway-0")


async def test_a_picture_from_memory_is_a_hit_without_children(
    traced: Callable[..., Any], collector: Collector
) -> None:
    gateway = await traced()

    for _ in range(2):
        await ask(gateway, "GET", GENERATIONS, params={"prompt": "a"})

    spans: list[Received] = await collector.named(f"GET {GENERATIONS}", 2)
    hit = next(span for span in spans if span.attributes["gateway.cache"] == "hit")
    assert [span for span in collector.spans if span.parent_id == hit.span_id] == []


async def test_an_edit_is_traced_like_a_generation(traced: Callable[..., Any], collector: Collector) -> None:
    gateway = await traced()
    order = {"prompt": "let it snow", "image": text(plain((64, 64), "red"))}

    await ask(gateway, "POST", EDITS, json=order)

    assert (await collector.named("edit first"))[0].attributes["gateway.operation"] == "edit"


async def test_a_metric_leads_to_a_trace_that_is_recorded_here(
    traced: Callable[..., Any], collector: Collector
) -> None:
    gateway = await traced()
    await ask(gateway, "POST", GENERATIONS, json={"prompt": "a"})
    (request,) = await collector.named(POST)

    page = await ask(gateway, "GET", "/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert f'# {{trace_id="{request.trace_id}"}}'.encode() in page.body


@pytest.mark.parametrize("held", [False, True], ids=["well", "hanging"])
async def test_draining_ends_with_the_last_spans_whatever_the_collector_does(
    collector: Collector,
    tmp_path: Path,
    client: ClientSession,
    held: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    collector.held = held
    document = {"tracing": {"endpoint": collector.endpoint}, "server": {"port": 0, "drain_timeout": 1}}
    async with serving(tmp_path, document) as gateway:
        async with client.get(f"{gateway.address}/v1/models") as answer:
            assert answer.ok
        gateway.signal(signal.SIGTERM)
        started = time.monotonic()

        assert await gateway.exit_status() == 0
        assert time.monotonic() - started < 1 + 1 + FLUSH_WITHIN + 2  # draining, last words, spans; a busy machine
    assert [span.name for span in collector.spans] == ([] if held else ["GET /v1/models"])


def test_of_the_traces_that_begin_here_a_share_is_recorded() -> None:
    recorder = OtelRecorder(TracingConfig(endpoint="http://collector", sample=0.25), Metrics())

    assert 800 < sum(recorder.wants(None) for _ in range(4000)) < 1200
