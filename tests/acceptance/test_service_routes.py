"""What machines ask for: health, metrics, crawlers (U10)."""

from __future__ import annotations

import json
import re

import pytest
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, ask
from support.samples import plain, text

from gateway import __version__
from gateway.app import LIFECYCLE

SECURED = {"auth": {"tokens": [{"name": "web", "token": "secret"}]}}
NAMED = {
    "gateway_http_requests_total": {"route", "method", "status"},
    "gateway_http_request_duration_seconds_count": {"route", "method"},
    "gateway_http_requests_in_flight": set(),
    "gateway_images_total": {"operation", "model", "upstream"},
    "gateway_upstream_requests_total": {"upstream", "operation", "outcome"},
    "gateway_upstream_request_duration_seconds_count": {"upstream", "operation"},
    "gateway_upstream_in_flight": {"upstream"},
    "gateway_upstream_queued": {"upstream"},
    "gateway_upstream_breaker_open": {"upstream"},
    "gateway_cache_requests_total": {"result"},
    "gateway_rejected_requests_total": {"reason"},
    "gateway_hosted_bytes": set(),
    "gateway_hosted_images": set(),
    "gateway_hosted_max_bytes": set(),
    "gateway_event_loop_lag_seconds_count": set(),
    "gateway_process_resident_memory_bytes": set(),
    "gateway_build_info": {"version"},
}
SERIES = re.compile(r"^([a-z_:]+)(?:\{(.*)\})? ", re.MULTILINE)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/robots.txt", "/favicon.ico"])
async def test_what_is_open_asks_for_no_token(start: StartGateway, path: str) -> None:
    gateway = await start(SECURED)

    assert (await ask(gateway, "GET", path)).status == 200


async def test_alive_and_not_ready_while_draining(gateway: Gateway) -> None:
    before = await gateway.get("/readyz")
    gateway.app[LIFECYCLE].drain()

    after, alive = await gateway.get("/readyz"), await gateway.get("/healthz")

    assert before == (200, {"status": "ready"})
    assert after == (503, {"status": "draining"})
    assert alive[0] == 200


async def test_health_tells_nothing_about_the_machine(gateway: Gateway) -> None:
    reply = await ask(gateway, "GET", "/healthz")

    assert json.loads(reply.body) == {"status": "ok"}
    assert "Server" not in reply.headers
    assert reply.headers["Cache-Control"] == "no-store"


async def test_every_promised_metric_is_there_with_its_labels(gateway: Gateway) -> None:
    await ask(gateway, "GET", GENERATIONS, params={"prompt": "a"})
    await ask(gateway, "GET", "/nothing")

    page = (await ask(gateway, "GET", "/metrics")).body.decode()

    found = {name: set(re.findall(r'([a-z_]+)="', labels)) for name, labels in SERIES.findall(page)}
    assert {name: found.get(name) for name in NAMED} == NAMED
    assert "# TYPE gateway_upstream_retries_total counter" in page
    assert f'gateway_build_info{{version="{__version__}"}} 1.0' in page


async def test_the_metrics_count_what_happened(gateway: Gateway) -> None:
    await ask(gateway, "POST", GENERATIONS, json={"prompt": "a", "n": 3})
    await ask(gateway, "POST", EDITS, json={"prompt": "a"})

    page = (await ask(gateway, "GET", "/metrics")).body.decode()

    for line in (
        'gateway_images_total{model="nano-banana",operation="generate",upstream="local"} 3.0',
        'gateway_http_requests_total{method="POST",route="/v1/images/edits",status="400"} 1.0',
        'gateway_rejected_requests_total{reason="bad_request"} 1.0',
        'gateway_upstream_requests_total{operation="generate",outcome="success",upstream="local"} 1.0',
        "gateway_hosted_images 3.0",
    ):
        assert line in page


async def test_odd_requests_make_no_new_series(gateway: Gateway) -> None:
    async def series(name: str) -> int:
        for path in (f"/{name}", f"/images/{name}.png", f"/v1/models/{name}", f"/v1/{name}/{name}?{name}={name}"):
            await ask(gateway, "GET", path)
            await ask(gateway, f"X{name.upper()}", path)
        body = {"prompt": name, "model": name, "image": text(plain()), name: name}
        await ask(gateway, "POST", EDITS, json=body, headers={"X-Request-ID": name, "User-Agent": name})
        page = (await ask(gateway, "GET", "/metrics")).body.decode()
        assert name not in page
        return len(page.splitlines())

    counts = [await series(f"name{letter}") for letter in "abcdefghij"]

    assert len(set(counts[1:])) == 1  # the first look at the metrics counts itself only on the second


async def test_the_metrics_can_ask_for_a_token_of_their_own(start: StartGateway) -> None:
    gateway = await start({**SECURED, "metrics": {"token": "scrape"}})

    sent = [{}, {"Authorization": "Bearer secret"}, {"Authorization": "Bearer scrape"}]
    replies = [await ask(gateway, "GET", "/metrics", headers=headers) for headers in sent]

    assert [reply.status for reply in replies] == [401, 401, 200]
    assert error_in(json.loads(replies[0].body))["code"] == "invalid_api_key"


async def test_the_metrics_can_be_turned_off(start: StartGateway) -> None:
    gateway = await start({"metrics": {"enabled": False}})

    assert (await ask(gateway, "GET", "/metrics")).status == 404


async def test_crawlers_are_told_to_stay_out(gateway: Gateway) -> None:
    robots = await ask(gateway, "GET", "/robots.txt")
    icon = await ask(gateway, "GET", "/favicon.ico")

    assert robots.body.decode().splitlines() == ["User-agent: *", "Disallow: /"]
    assert robots.headers["Content-Type"].startswith("text/plain")
    assert icon.headers["Content-Type"].startswith("image/")
