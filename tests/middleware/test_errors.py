"""Every failure leaves in one shape, and tells nothing of the inside (R7)."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientPayloadError, web
from support.links import Mount

from gateway.errors import (
    BadRequest,
    GatewayError,
    MethodNotAllowed,
    NotFound,
    PollingTimeout,
    RateLimited,
    Unavailable,
    UpstreamFailed,
)


def failing(error: Exception) -> Any:
    async def handler(_: web.Request) -> web.StreamResponse:
        raise error

    return handler


@pytest.mark.parametrize(
    ("error", "status", "type_", "headers"),
    [
        (BadRequest.field("prompt", "Accepted: a text."), 400, "invalid_request_error", {}),
        (NotFound("Image not found or expired"), 404, "invalid_request_error", {}),
        (MethodNotAllowed("PUT", "GET, POST"), 405, "invalid_request_error", {"Allow": "GET, POST"}),
        (RateLimited("slow down", retry_after=7), 429, "rate_limit_error", {"Retry-After": "7"}),
        (RateLimited("slow down", retry_after=4000), 429, "rate_limit_error", {"Retry-After": "120"}),
        (UpstreamFailed(502), 500, "api_error", {"x-should-retry": "false"}),
        (Unavailable("draining"), 503, "api_error", {"Retry-After": "5"}),
        (PollingTimeout(sent=True), 504, "api_error", {"x-should-retry": "false"}),
        (web.HTTPNotFound(), 404, "invalid_request_error", {}),
        (web.HTTPRequestEntityTooLarge(1, 2), 413, "invalid_request_error", {}),
    ],
)
async def test_an_error_is_the_published_object(
    mount: Mount, error: GatewayError, status: int, type_: str, headers: dict[str, str]
) -> None:
    response = await (await mount(handler=failing(error))).get("/")
    body = await response.json()
    assert response.status == status
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert body["error"]["type"] == type_
    assert headers.items() <= dict(response.headers).items()


async def test_a_fault_of_ours_tells_nothing(mount: Mount, caplog: pytest.LogCaptureFixture) -> None:
    response = await (await mount(handler=failing(RuntimeError("/secret/path")))).get("/")
    text = await response.text()
    assert response.status == 500
    assert "secret" not in text
    assert "Internal server error" in text
    assert "/secret/path" in caplog.text


async def test_the_reason_phrase_carries_the_message(mount: Mount) -> None:
    response = await (await mount(handler=failing(BadRequest("first\r\nsecond: ü" + "x" * 200)))).get("/")
    assert response.reason is not None
    assert response.reason.startswith("first second: ?xxx")
    assert len(response.reason) == 100


async def test_never_both_retry_hints(mount: Mount) -> None:
    for error in (UpstreamFailed(500), PollingTimeout(sent=True)):
        response = await (await mount(handler=failing(error))).get("/")
        assert "Retry-After" not in response.headers


def test_a_timeout_before_anything_was_sent_may_be_retried() -> None:
    assert PollingTimeout(sent=False).headers == {}


async def test_a_failure_after_the_answer_has_begun_ends_the_connection(mount: Mount) -> None:
    async def torn(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x" * 10)
        raise NotFound("too late")

    client = await mount(handler=torn)
    response = await client.get("/")
    with pytest.raises(ClientPayloadError):
        await response.read()
