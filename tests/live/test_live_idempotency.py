"""`Idempotency-Key` over real connections: the same key gives the same answer, and is paid for once."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from support.clocks import StillDice
from support.crowd import Crowd, Fronted, StartFronted, leave
from support.gateway import StartGateway
from support.images_api import EDITS
from support.picture_site import open_site
from support.provider import CONTENT_REFUSED, HELD, Provider, Reply, behind
from support.samples import plain

KEY = {"Idempotency-Key": "order 66"}
INLINE = {"prompt": "a lighthouse", "response_format": "b64_json"}


@pytest.fixture
async def gateway(front: StartFronted) -> Fronted:
    return await front()


async def test_the_same_key_gives_the_same_answer(gateway: Fronted, crowd: Crowd, provider: Provider) -> None:
    first = await crowd.ask(gateway, headers=KEY)
    second = await crowd.ask(gateway, headers=KEY)

    assert second.body == first.body
    assert (first.replayed, second.replayed) == (None, "true")
    assert len(provider.calls) == 1


async def test_without_a_key_every_post_is_new(gateway: Fronted, crowd: Crowd, provider: Provider) -> None:
    first, second = await crowd.ask(gateway), await crowd.ask(gateway)

    assert first.body != second.body
    assert len(provider.calls) == 2


@pytest.mark.alone
async def test_a_thousand_with_one_key_make_one_call(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    gateway = await front({"server": {"max_in_flight": 2000}})
    provider.script(HELD)
    clients = crowd.many(1000, gateway, headers=KEY)
    await gateway.busy(1001)

    provider.release()
    heard = await asyncio.gather(*clients)

    assert {answer.status for answer in heard} == {200}
    assert len({answer.body for answer in heard}) == 1
    assert len(provider.calls) == 1


async def test_after_a_lost_connection_the_work_is_found_under_way(
    gateway: Fronted, crowd: Crowd, provider: Provider
) -> None:
    provider.script(HELD)
    lost = crowd.many(1, gateway, headers=KEY)
    await provider.called()
    await leave(lost)

    again = crowd.many(1, gateway, headers=KEY)
    await gateway.busy(2)
    provider.release()

    assert (await again[0]).status == 200
    assert len(provider.calls) == 1


async def test_after_a_lost_connection_the_work_is_found_finished(
    gateway: Fronted, crowd: Crowd, provider: Provider
) -> None:
    provider.script(HELD)
    lost = crowd.many(1, gateway, headers=KEY)
    await provider.called()
    await leave(lost)
    provider.release()
    await gateway.quiet()

    again = await crowd.ask(gateway, headers=KEY)

    assert (again.status, again.replayed) == (200, "true")
    assert len(provider.calls) == 1


@pytest.mark.parametrize("other", [{"prompt": "another"}, {"prompt": "a lighthouse", "n": 2}, INLINE])
async def test_a_key_stands_for_one_request(
    gateway: Fronted, crowd: Crowd, provider: Provider, other: dict[str, Any]
) -> None:
    await crowd.ask(gateway, headers=KEY)

    refused = await crowd.ask(gateway, json=other, headers=KEY)

    assert (refused.status, refused.error["param"]) == (422, "Idempotency-Key")
    assert len(provider.calls) == 1


async def test_it_does_so_while_the_first_is_in_flight(gateway: Fronted, crowd: Crowd, provider: Provider) -> None:
    provider.script(HELD)
    first = crowd.many(1, gateway, headers=KEY)
    await provider.called()

    refused = await crowd.ask(gateway, json={"prompt": "another"}, headers=KEY)

    provider.release()
    assert refused.status == 422
    assert (await first[0]).status == 200


@pytest.mark.parametrize("failure", [Reply(status=500), Reply(status=502), Reply(status=401), CONTENT_REFUSED])
async def test_an_error_frees_the_key(start: StartGateway, crowd: Crowd, provider: Provider, failure: Reply) -> None:
    gateway = await start(behind(provider.base_url), dice=StillDice())
    provider.script(*[failure] * (3 if failure.status == 500 else 1))

    failed = await crowd.ask(gateway, headers=KEY)
    other = await crowd.ask(gateway, json={"prompt": "another"}, headers=KEY)

    assert failed.status in {400, 500}
    assert (other.status, other.replayed) == (200, None)


async def test_a_key_lasts_over_a_restart(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    first = await crowd.ask(await front(), headers=KEY)
    restarted = await front()

    again = await crowd.ask(restarted, headers=KEY)
    other = await crowd.ask(restarted, json={"prompt": "another"}, headers=KEY)

    assert _name(again.data) == _name(first.data)
    assert other.status == 422
    assert len(provider.calls) == 1


def _name(data: list[dict[str, str]]) -> str:
    """Of the first picture; the restarted gateway has another port."""
    return data[0]["url"].rpartition("/")[2]


async def test_base64_is_given_again_bit_for_bit_after_a_restart(
    front: StartFronted, crowd: Crowd, provider: Provider
) -> None:
    first = await crowd.ask(await front(), json={**INLINE, "n": 3}, headers=KEY)

    again = await crowd.ask(await front(), json={**INLINE, "n": 3}, headers=KEY)

    assert again.body == first.body
    assert len({item["b64_json"] for item in again.data}) == 3
    assert base64.b64decode(again.data[0]["b64_json"]).startswith(b"\x89PNG")
    assert len(provider.calls) == 1


async def test_a_url_counts_as_text_and_is_fetched_once(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    gateway = await front({"inputs": {"allow_private_networks": True}})
    async with open_site() as site:
        order = {"prompt": "let it snow", "image": site.show("/a.png", plain((64, 64)))}
        first = await crowd.ask(gateway, path=EDITS, json=order, headers=KEY)
        site.show("/a.png", plain((64, 64), "blue"))

        again = await crowd.ask(gateway, path=EDITS, json=order, headers=KEY)

    dead = await crowd.ask(gateway, path=EDITS, json=order, headers=KEY)
    assert first.status == 200
    assert first.body == again.body == dead.body
    assert (len(site.visits), len(provider.calls)) == (1, 1)


async def test_who_asks_again_in_flight_needs_no_pictures(
    front: StartFronted, crowd: Crowd, provider: Provider
) -> None:
    gateway = await front({"inputs": {"allow_private_networks": True}})
    provider.script(HELD)
    async with open_site() as site:
        order = {"prompt": "let it snow", "image": site.show("/a.png", plain((64, 64)))}
        first = asyncio.create_task(crowd.ask(gateway, path=EDITS, json=order, headers=KEY))
        await provider.called()

    again = asyncio.create_task(crowd.ask(gateway, path=EDITS, json=order, headers=KEY))  # the site is gone
    await gateway.busy(3)
    provider.release()

    assert (await first).body == (await again).body
    assert len(site.visits) == 1


async def test_an_upload_counts_by_its_bytes(gateway: Fronted, crowd: Crowd, provider: Provider) -> None:
    async def edit(colour: str) -> int:
        data = FormData({"prompt": "let it snow"})
        data.add_field("image", plain((64, 64), colour), filename="a.png")
        return (await crowd.ask(gateway, path=EDITS, data=data, headers=KEY)).status

    statuses = [await edit("red"), await edit("red"), await edit("blue")]

    assert statuses == [200, 200, 422]
    assert len(provider.calls) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "tab\tbed"])
async def test_a_malformed_key_is_refused(gateway: Fronted, crowd: Crowd, provider: Provider, key: str) -> None:
    refused = await crowd.ask(gateway, headers={"Idempotency-Key": key})

    assert (refused.status, refused.error["param"]) == (400, "Idempotency-Key")
    assert provider.calls == []


async def test_the_longest_key_is_taken(gateway: Fronted, crowd: Crowd) -> None:
    assert (await crowd.ask(gateway, headers={"Idempotency-Key": "~ " * 127 + "~"})).status == 200


async def test_a_key_belongs_to_its_token(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    tokens = [{"name": name, "token": name * 10} for name in ("ann", "bob")]
    gateway = await front({"auth": {"tokens": tokens}})

    async def ask(name: str) -> bytes:
        bearer = {"Authorization": f"Bearer {name * 10}"}
        return (await crowd.ask(gateway, headers={**KEY, **bearer})).body

    answers = [await ask("ann"), await ask("bob"), await ask("ann")]

    assert answers[0] == answers[2] != answers[1]
    assert len(provider.calls) == 2


async def test_a_get_with_a_key_is_the_keys_and_not_the_caches(
    gateway: Fronted, crowd: Crowd, provider: Provider
) -> None:
    plain_get = await crowd.ask(gateway, "GET")
    keyed = await crowd.ask(gateway, "GET", headers=KEY)
    again = await crowd.ask(gateway, "GET", headers=KEY)

    assert keyed.body == again.body != plain_get.body
    assert (keyed.cache, again.replayed) == ("BYPASS", "true")
    assert len(provider.calls) == 2


async def test_where_nobody_can_tell_what_was_answered_nothing_is_paid_for(
    gateway: Fronted, crowd: Crowd, tmp_path: Path, provider: Provider
) -> None:
    (tmp_path / "images" / "keys").write_text("in the way")

    answer = await crowd.ask(gateway, headers=KEY)

    assert answer.status == 503
    assert provider.calls == []
