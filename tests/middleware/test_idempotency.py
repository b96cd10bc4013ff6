"""What the idempotency link looks up, keeps and refuses."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from support.clocks import ManualClock
from support.drivers import generation, unheard
from support.links import Client, Mount

from gateway.answers import Answer, AnsweredImage
from gateway.caching.claims import LIFE, ClaimStore
from gateway.clock import system_random
from gateway.handlers.events import Work
from gateway.hosting.names import HostedName
from gateway.images import ImageFormat, Operation
from gateway.jobs import Job, Jobs
from gateway.lifecycle import Deadline, Lifecycle
from gateway.metrics import Metrics
from gateway.middleware.cache import cache_counts
from gateway.middleware.deadline import deadline
from gateway.middleware.idempotency import HEADER, idempotency
from gateway.middleware.links import Handler
from gateway.request_keys import CALLER, DEADLINE, IMAGE_REQUEST, IS_REPLAY, SHARING

NAME = HostedName.make(1.0, system_random, "00" * 32, Operation.GENERATE, ImageFormat.PNG)


@dataclass
class Scene:
    """The link between one that says who asks for what, and a handler that makes a new answer each time."""

    mount: Mount
    folder: Path
    gone: bool = False
    """Whether the pictures of all answers are gone."""
    made: int = 0
    clock: ManualClock = field(default_factory=ManualClock)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    metrics: Metrics = field(default_factory=Metrics)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.claims = ClaimStore(self.folder / "keys", self.clock)
        self.jobs = Jobs(self.lifecycle)
        self.release.set()

    async def client(self) -> Client:
        link = idempotency(self.claims, self.jobs, self, self)  # type: ignore[arg-type]  # all of a gallery that it needs
        return await self.mount(
            cache_counts(self.metrics), deadline(self.lifecycle, 60), _enter, link, handler=self.handle
        )

    def counted(self, result: str) -> float:
        return self.metrics.registry.get_sample_value("gateway_cache_requests_total", {"result": result}) or 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        sharing = request.get(SHARING)
        if sharing is None:
            return web.Response(text="unkeyed")
        job = self.jobs.start(sharing, request[DEADLINE].end, self.make)
        return await self.live(request, job.result)

    async def make(self, job: Job, _: Deadline) -> Answer:
        with job.attempts.call(finish=True):
            await self.release.wait()
        self.made += 1
        return Answer(self.made, (AnsweredImage(NAME, None, None),), "local", 1)

    async def live(self, request: web.Request, work: Work) -> web.StreamResponse:
        return await self(request, await work(unheard))

    async def __call__(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        return web.Response(text=str(answer.created), headers={"Replay": str(request.get(IS_REPLAY, False))})

    def still_has(self, _: Answer) -> bool:
        return not self.gone


async def _enter(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[IMAGE_REQUEST] = generation(request.query.get("prompt", "p"))
    request[CALLER] = request.query.get("token", "")
    return await handler(request)


@pytest.fixture
def scene(mount: Mount, tmp_path: Path) -> Scene:
    return Scene(mount, tmp_path)


async def said(client: Client, key: str | None = "k", query: str = "") -> str:
    headers = {} if key is None else {HEADER: key}
    return await (await client.get(f"/?{query}", headers=headers)).text()


async def test_without_a_key_it_does_nothing(scene: Scene) -> None:
    assert await said(await scene.client(), key=None) == "unkeyed"


async def test_a_key_is_answered_once_and_then_again(scene: Scene) -> None:
    client = await scene.client()

    answers = [await said(client), await said(client), await said(client, "other")]

    assert answers == ["1", "1", "2"]


async def test_keys_of_two_tokens_do_not_meet(scene: Scene) -> None:
    client = await scene.client()

    assert [await said(client, query=f"token={name}") for name in "aba"] == ["1", "2", "1"]


async def test_who_asks_while_it_is_made_waits_for_it(scene: Scene) -> None:
    client = await scene.client()
    scene.release.clear()
    first, second = asyncio.create_task(said(client)), asyncio.create_task(said(client))
    await asyncio.sleep(0.05)

    scene.release.set()

    assert (await first, await second) == ("1", "1")
    assert (scene.counted("bypass"), scene.counted("coalesced")) == (1, 1)
    assert scene.made == 1


@pytest.mark.parametrize("gone", [False, True])
async def test_another_request_under_the_key_is_refused_for_a_day(scene: Scene, *, gone: bool) -> None:
    client = await scene.client()
    await said(client)
    scene.gone = gone

    scene.clock.advance(LIFE - 1)
    refused = await client.get("/?prompt=other", headers={HEADER: "k"})
    scene.clock.advance(1)

    assert refused.status == 422
    assert await said(client, query="prompt=other") == "2"


async def test_pictures_that_are_gone_are_made_anew(scene: Scene) -> None:
    client = await scene.client()
    await said(client)

    scene.gone = True

    assert await said(client) == "2"


async def test_two_keys_in_one_request_are_refused(scene: Scene) -> None:
    client = await scene.client()

    response = await client.get("/", headers=[(HEADER, "a"), (HEADER, "b")])

    assert response.status == 400


async def test_a_key_that_cannot_be_kept_costs_nobody_the_picture(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scene.claims, "put", full)
    client = await scene.client()

    with caplog.at_level(logging.ERROR, "gateway.idempotency"):
        assert await said(client) == "1"

    assert caplog.messages == ["an Idempotency-Key could not be kept"]


async def test_work_that_ended_between_looking_and_joining_is_not_done_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The links between here and the handler fetch pictures, which takes seconds."""
    client = await scene.client()
    looked, go_on = asyncio.Event(), asyncio.Event()
    handle = scene.handle

    async def slow(request: web.Request) -> web.StreamResponse:
        if "slow" in request.headers:
            looked.set()
            await go_on.wait()
        return await handle(request)

    monkeypatch.setattr(scene, "handle", slow)
    client = await scene.client()
    late = asyncio.create_task(client.get("/", headers={HEADER: "k", "slow": "1"}))
    await looked.wait()
    first = await said(client)
    go_on.set()

    assert await (await late).text() == first
    assert scene.made == 1
