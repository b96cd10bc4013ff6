"""What the cache link finds, keeps and shares, and for whom (H6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from support.clocks import ManualClock
from support.drivers import generation
from support.links import Client, Mount

from gateway.answers import Answer, AnsweredImage
from gateway.caching import shelf
from gateway.caching.memory import AnswerCache
from gateway.config import CacheConfig
from gateway.jobs import Claim, Sharing
from gateway.metrics import Metrics
from gateway.middleware.cache import cache, cache_counts
from gateway.middleware.links import Handler
from gateway.request_keys import CACHE_AGE, CACHE_STATE, CALLER, IMAGE_REQUEST, SHARING


@dataclass
class Shelf:
    """In place of the gallery: everything is there, for as long as it says."""

    life: float = 1e9
    gone: bool = False

    def still_has(self, _: Answer) -> bool:
        return not self.gone

    def life_left(self, _: Answer) -> float:
        return self.life


@dataclass
class Scene:
    """The link between one that says who asks for what, and a handler that makes a new answer each time."""

    mount: Mount
    config: Mapping[str, Any] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)
    clock: ManualClock = field(default_factory=ManualClock)
    metrics: Metrics = field(default_factory=Metrics)
    made: int = 0

    async def client(self) -> Client:
        kept = shelf.Shelf(AnswerCache(10**6, self.clock), None, self.clock)
        link = cache(CacheConfig(**self.config), kept, self.shelf, self.render)  # type: ignore[arg-type]  # all of a gallery that it needs
        return await self.mount(cache_counts(self.metrics), _enter, link, handler=self.make)

    async def make(self, request: web.Request) -> web.StreamResponse:
        self.made += 1
        answer = Answer(self.made, (AnsweredImage(None, None, None),), "local", 1)
        if request.query.get("fails"):
            return web.Response(status=500, text="failed")
        for keep in request.get(SHARING, Sharing()).keep:
            await keep(answer)
        return await self.render(request, answer)

    async def render(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        return web.Response(text=f"{request[CACHE_STATE]} {answer.created} {request.get(CACHE_AGE, '-')}")

    def counted(self, result: str) -> float:
        return self.metrics.registry.get_sample_value("gateway_cache_requests_total", {"result": result}) or 0


async def _enter(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[IMAGE_REQUEST] = generation(request.query.get("prompt", "p"))
    if "token" in request.query:
        request[CALLER] = request.query["token"]
    if "key" in request.query:
        request[SHARING] = Sharing(claim=Claim("k", "d"))
    return await handler(request)


@pytest.fixture
def scene(mount: Mount) -> Scene:
    return Scene(mount)


async def said(client: Client, query: str = "", **options: Any) -> str:
    return await (await client.get(f"/?{query}", **options)).text()


async def test_the_second_request_is_answered_with_the_first_answer_and_its_age(scene: Scene) -> None:
    client = await scene.client()

    first = await said(client)
    scene.clock.advance(7.5)

    assert (first, await said(client)) == ("MISS 1 -", "HIT 1 7")


async def test_another_request_is_not(scene: Scene) -> None:
    client = await scene.client()

    assert (await said(client, "prompt=a"), await said(client, "prompt=b")) == ("MISS 1 -", "MISS 2 -")


async def test_an_answer_lives_as_long_as_is_configured(scene: Scene) -> None:
    scene.config = {"ttl": 60}
    client = await scene.client()
    await said(client)

    scene.clock.advance(60)

    assert await said(client) == "MISS 2 -"


async def test_it_never_outlives_its_pictures(scene: Scene) -> None:
    scene.shelf.life = 10
    client = await scene.client()
    await said(client)

    scene.clock.advance(10)

    assert await said(client) == "MISS 2 -"


async def test_an_answer_whose_pictures_were_evicted_is_made_anew(scene: Scene) -> None:
    client = await scene.client()
    await said(client)

    scene.shelf.gone = True

    assert await said(client) == "MISS 2 -"


async def test_each_token_has_answers_of_its_own(scene: Scene) -> None:
    client = await scene.client()

    answers = [await said(client, query) for query in ("token=a", "token=b", "token=a", "")]

    assert answers == ["MISS 1 -", "MISS 2 -", "HIT 1 0", "MISS 3 -"]


async def test_tokens_share_where_it_is_configured(scene: Scene) -> None:
    scene.config = {"shared": True}
    client = await scene.client()

    assert [await said(client, query) for query in ("token=a", "token=b")] == ["MISS 1 -", "HIT 1 0"]


@pytest.mark.parametrize("headers", [{"Cache-Control": "no-cache"}, {"Cache-Control": "max-age=0, NO-STORE"}])
async def test_who_asks_for_a_new_picture_gets_one(scene: Scene, headers: dict[str, str]) -> None:
    client = await scene.client()
    await said(client)

    assert await said(client, headers=headers) == "BYPASS 2 -"
    assert await said(client) == "HIT 1 0"


async def test_who_sends_a_key_of_its_own_is_left_alone(scene: Scene) -> None:
    client = await scene.client()
    await said(client)

    assert await said(client, "key=1") == "BYPASS 2 -"


async def test_posts_pass_by_unless_it_is_configured(scene: Scene) -> None:
    client = await scene.client()

    answers = [await (await client.post("/")).text() for _ in range(2)]

    assert answers == ["BYPASS 1 -", "BYPASS 2 -"]


async def test_posts_are_kept_where_it_is_configured(scene: Scene) -> None:
    scene.config = {"methods": ["GET", "POST"]}
    client = await scene.client()

    answers = [await (await client.post("/")).text() for _ in range(2)]

    assert answers == ["MISS 1 -", "HIT 1 0"]


async def test_without_a_life_nothing_is_kept(scene: Scene) -> None:
    scene.config = {"ttl": 0}
    client = await scene.client()

    assert [await said(client), await said(client)] == ["BYPASS 1 -", "BYPASS 2 -"]


async def test_errors_are_not_kept(scene: Scene) -> None:
    client = await scene.client()

    await said(client, "fails=1")

    assert await said(client) == "MISS 2 -"


async def test_what_it_did_is_counted(scene: Scene) -> None:
    client = await scene.client()

    for headers in ({}, {}, {"Cache-Control": "no-cache"}):
        await said(client, headers=headers)

    assert [scene.counted(result) for result in ("miss", "hit", "bypass")] == [1, 1, 1]
