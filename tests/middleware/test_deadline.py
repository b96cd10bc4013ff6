"""One deadline for a request, and what its answer says of attempts."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from aiohttp import web
from support.links import Mount

from gateway.lifecycle import Lifecycle
from gateway.middleware.deadline import deadline, write_attempts
from gateway.middleware.links import Handler
from gateway.request_keys import ATTEMPTS, DEADLINE
from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import NotSent

UNSENT, SENT = NotSent("down"), None


def called(attempts: Attempts, error: Exception | None) -> None:
    """One call, and how it ended."""
    with suppress(NotSent), attempts.call(finish=True):
        if error is not None:
            raise error


async def prepared(request: web.Request, handler: Handler) -> web.StreamResponse:
    """As the application does before it sends an answer."""
    response = await handler(request)
    write_attempts(request, response)
    return response


def hang(*calls: Exception | None) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        for call in calls:
            called(request[ATTEMPTS], call)
        await asyncio.Event().wait()
        return web.Response()

    return handler


async def test_who_is_in_time_is_answered(mount: Mount) -> None:
    async def left(request: web.Request) -> web.StreamResponse:
        return web.Response(text=str(59 < request[DEADLINE].seconds_left <= 60))

    client = await mount(deadline(Lifecycle(), 60), handler=left)

    assert await (await client.get("/")).text() == "True"


@pytest.mark.parametrize(("call", "told"), [(SENT, "false"), (UNSENT, None)])
async def test_who_is_late_is_told_whether_to_ask_again(mount: Mount, call: Exception | None, told: str | None) -> None:
    client = await mount(deadline(Lifecycle(), 0.01), handler=hang(call))

    response = await client.get("/")

    assert response.status == 504
    assert response.headers.get("x-should-retry") == told


async def test_at_the_end_of_the_process_it_is_a_503(mount: Mount) -> None:
    lifecycle = Lifecycle()
    lifecycle.cut()
    client = await mount(deadline(lifecycle, 60), handler=hang(SENT))

    response = await client.get("/")

    assert response.status == 503
    assert "Retry-After" in response.headers


@pytest.mark.parametrize(
    ("status", "calls", "headers", "told"),
    [
        (500, [SENT], {}, "false"),
        (504, [SENT], {}, "false"),
        (500, [UNSENT, SENT], {}, "false"),
        (500, [UNSENT], {}, None),
        (500, [], {}, None),
        (500, [SENT], {"Retry-After": "1"}, None),
        (503, [SENT], {}, None),
        (429, [SENT], {}, None),
        (400, [SENT], {}, None),
        (200, [SENT], {}, None),
    ],
)
async def test_after_paid_work_failed_clients_are_told_not_to_repeat_it(
    mount: Mount, status: int, calls: list[Exception | None], headers: dict[str, str], told: str | None
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        for call in calls:
            called(request[ATTEMPTS], call)
        return web.Response(status=status, headers=headers)

    client = await mount(prepared, deadline(Lifecycle(), 60), handler=answer)

    response = await client.get("/")

    assert response.headers.get("x-should-retry") == told
    assert response.headers["X-Upstream-Attempts"] == str(len(calls))
