"""Equal GETs over real connections: answered from memory, merged in flight, each token's own (H7)."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from support.crowd import Crowd, Fronted, StartFronted, leave
from support.images_api import EDITS
from support.picture_site import open_site
from support.provider import HELD, Provider, Reply
from support.samples import plain

IMAGE_TAG = {"Accept": "image/avif,image/webp,image/*,*/*;q=0.8"}


@pytest.fixture
async def gateway(front: StartFronted) -> Fronted:
    return await front()


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name * 10}"}


async def with_tokens(front: StartFronted, **cache: bool) -> Fronted:
    tokens = [{"name": name, "token": name * 10} for name in ("ann", "bob")]
    return await front({"auth": {"tokens": tokens}, "cache": cache})


async def test_an_equal_get_is_answered_from_memory(gateway: Fronted, crowd: Crowd, provider: Provider) -> None:
    first, second = await crowd.ask(gateway, "GET"), await crowd.ask(gateway, "GET")

    assert first.body == second.body
    assert (first.cache, second.cache) == ("MISS", "HIT")
    assert len(provider.calls) == 1


@pytest.mark.alone
async def test_a_thousand_equal_gets_are_one_call(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    gateway = await front({"server": {"max_in_flight": 2000}})
    provider.script(HELD)
    clients = crowd.many(1000, gateway, "GET")
    await gateway.busy(1001)

    provider.release()
    heard = await asyncio.gather(*clients)

    assert Counter(answer.cache for answer in heard) == {"MISS": 1, "COALESCED": 999}
    assert len({answer.body for answer in heard}) == 1
    assert len(provider.calls) == 1


async def test_when_the_first_leaves_the_others_are_served(
    front: StartFronted, crowd: Crowd, provider: Provider
) -> None:
    gateway = await front(on_disconnect="cancel")
    provider.script(HELD)
    first = crowd.many(1, gateway, "GET")
    await provider.called()
    others = crowd.many(5, gateway, "GET")
    await gateway.busy(7)

    await leave(first)
    provider.release()

    assert {answer.status for answer in await asyncio.gather(*others)} == {200}
    assert (len(provider.calls), provider.disconnects) == (1, 0)


async def test_an_error_is_shared_by_those_who_wait_and_kept_for_nobody(
    gateway: Fronted, crowd: Crowd, provider: Provider
) -> None:
    provider.script(Reply(status=401, held=True))
    clients = crowd.many(10, gateway, "GET")
    await gateway.busy(11)
    provider.release()

    assert {answer.status for answer in await asyncio.gather(*clients)} == {500}
    assert (await crowd.ask(gateway, "GET")).cache == "MISS"
    assert len(provider.calls) == 2


@pytest.mark.parametrize("word", ["no-cache", "no-store", "max-age=0, No-Cache"])
async def test_no_cache_asks_for_a_new_picture(gateway: Fronted, crowd: Crowd, provider: Provider, word: str) -> None:
    first = await crowd.ask(gateway, "GET")

    new = await crowd.ask(gateway, "GET", headers={"Cache-Control": word})

    assert new.cache == "BYPASS"
    assert new.body != first.body
    assert len(provider.calls) == 2


async def test_posts_are_not_shared_unless_it_is_configured(
    front: StartFronted, crowd: Crowd, provider: Provider
) -> None:
    """The AI SDK asks for three pictures by three equal requests at the same time."""
    gateway = await front()
    three = await asyncio.gather(*crowd.many(3, gateway))
    shared = await front({"cache": {"methods": ["GET", "POST"]}})
    await asyncio.gather(*crowd.many(3, shared))

    assert len({answer.body for answer in three}) == 3
    assert len(provider.calls) == 4


async def test_answers_belong_to_the_token_that_asked(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    gateway = await with_tokens(front)

    states = [(await crowd.ask(gateway, "GET", headers=bearer(name))).cache for name in ("ann", "bob", "ann")]

    assert states == ["MISS", "MISS", "HIT"]
    assert len(provider.calls) == 2


async def test_tokens_do_not_wait_for_each_others_work(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    gateway = await with_tokens(front)
    provider.script(HELD, HELD)
    clients = [
        *crowd.many(2, gateway, "GET", headers=bearer("ann")),
        *crowd.many(2, gateway, "GET", headers=bearer("bob")),
    ]
    await provider.called(2)
    await gateway.busy(6)

    provider.release()
    heard = await asyncio.gather(*clients)

    assert len({answer.body for answer in heard[:2]}) == len({answer.body for answer in heard[2:]}) == 1
    assert len(provider.calls) == 2


async def test_tokens_share_answers_where_it_is_configured(
    front: StartFronted, crowd: Crowd, provider: Provider
) -> None:
    gateway = await with_tokens(front, shared=True)

    states = [(await crowd.ask(gateway, "GET", headers=bearer(name))).cache for name in ("ann", "bob")]

    assert states == ["MISS", "HIT"]
    assert len(provider.calls) == 1


async def test_an_image_tag_and_a_json_client_share_one_picture(
    gateway: Fronted, crowd: Crowd, provider: Provider
) -> None:
    shown = await crowd.ask(gateway, "GET", headers=IMAGE_TAG)
    told = await crowd.ask(gateway, "GET")

    assert shown.body.startswith(b"\x89PNG")
    assert told.cache == "HIT"
    assert len(provider.calls) == 1


async def test_a_picture_behind_a_url_counts_by_its_bytes(
    front: StartFronted, crowd: Crowd, provider: Provider
) -> None:
    gateway = await front({"inputs": {"allow_private_networks": True}})

    async def edit(colour: str) -> str | None:
        order = {"prompt": "let it snow", "image": site.show("/a.png", plain((64, 64), colour))}
        return (await crowd.ask(gateway, "GET", path=EDITS, params=order)).cache

    async with open_site() as site:
        states = [await edit("red"), await edit("red"), await edit("blue")]

    assert states == ["MISS", "HIT", "MISS"]
    assert len(provider.calls) == 2


async def test_without_a_cache_nothing_is_kept_or_merged(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    gateway = await front({"cache": {"ttl": 0}})

    heard = await asyncio.gather(*crowd.many(3, gateway, "GET"))

    assert {answer.cache for answer in heard} == {"BYPASS"}
    assert len(provider.calls) == 3
