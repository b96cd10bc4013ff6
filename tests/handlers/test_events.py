"""A stream on its own: the order of its news, and clients that cannot be written to any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpClient
from support.drivers import generation
from support.links import Client
from support.scripted import PICTURE

from gateway.answers import Answer, AnsweredImage
from gateway.errors import GatewayError, UpstreamFailed
from gateway.handlers.events import EventStream, Work
from gateway.images import Picture
from gateway.metrics import Metrics
from gateway.middleware.errors import errors
from gateway.middleware.links import Handler, for_application
from gateway.request_keys import IMAGE_REQUEST
from gateway.upstreams.base import Progress, Report

Stream: TypeAlias = Callable[[Work], Awaitable[Client]]

ANSWER = Answer(1, (AnsweredImage(None, PICTURE, None),), "local", 1)


async def inline(image: AnsweredImage) -> Picture:
    assert image.picture is not None
    return image.picture


def streaming(work: Work) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        request[IMAGE_REQUEST] = generation(stream=True)
        return await EventStream(request, inline, lambda *_: None, lambda *_: {}).run(work)

    return handle


def working(*news: Progress, error: Exception | None = None) -> Work:
    """Tells of all its news in one step, and ends in the same."""

    async def work(report: Report) -> Answer:
        for progress in news:
            report(progress)
        if error is not None:
            raise error
        return ANSWER

    return work


@pytest.fixture
def stream(aiohttp_client: AiohttpClient) -> Stream:
    """A client of an application that streams what `work` tells, inside the errors link."""

    async def make(work: Work) -> Client:
        app = web.Application(middlewares=for_application(errors(Metrics())))
        app.router.add_get("/", streaming(work))
        return await aiohttp_client(app)

    return make


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every client leaves before it is written to."""

    async def write(_: web.StreamResponse, __: bytes) -> None:
        raise ConnectionResetError("Cannot write to closing transport")

    monkeypatch.setattr(web.StreamResponse, "write", write)


async def test_news_told_in_the_last_moment_are_not_lost(stream: Stream) -> None:
    client = await stream(working(Progress(0.5, PICTURE, 0), Progress(0.9, PICTURE, 1)))

    text = await (await client.get("/")).text()

    told = [line.split('"type":')[-1][:20] if line.startswith("data") else line for line in text.splitlines() if line]
    assert [line for line in told if line.startswith((":", "event"))] == [
        ": progress 0.50",
        "event: image_generation.partial_image",
        ": progress 0.90",
        "event: image_generation.partial_image",
        "event: image_generation.completed",
    ]


async def test_a_fault_of_ours_before_the_first_event_is_the_errors_links(
    stream: Stream,
) -> None:
    client = await stream(working(error=ZeroDivisionError()))

    assert (await client.get("/")).status == 500


async def test_a_fault_of_ours_after_it_is_an_event_that_tells_nothing(
    stream: Stream,
) -> None:
    client = await stream(working(Progress(0.5), error=ZeroDivisionError("secret")))

    response = await client.get("/")
    text = await response.text()

    assert response.status == 200
    assert "event: error" in text
    assert "secret" not in text


@pytest.mark.usefixtures("lost")
@pytest.mark.parametrize("error", [None, UpstreamFailed(500)])
async def test_a_client_that_has_left_is_no_fault_of_anybody(
    stream: Stream, caplog: pytest.LogCaptureFixture, error: GatewayError | None
) -> None:
    client = await stream(working(Progress(0.5), error=error))

    with caplog.at_level(logging.WARNING, "gateway"):
        await client.get("/")
        await asyncio.sleep(0)

    assert caplog.records == []
