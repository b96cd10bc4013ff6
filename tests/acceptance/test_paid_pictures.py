"""Pictures that were made and cannot be given out: the client is not invited to have them made, and billed, again."""

from __future__ import annotations

import pytest
from support.gateway import StartGateway
from support.provider import OK, Reply, behind, providing

from gateway.errors import Unavailable
from gateway.hosting.stores.filesystem import FileStore


async def test_a_full_store_does_not_have_the_work_done_again(
    start: StartGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise Unavailable("The image store is full", retry_after=60)

    monkeypatch.setattr(FileStore, "put", full)
    async with providing() as provider:
        gateway = await start(behind(provider.base_url))
        url = f"{gateway.address}/v1/images/generations"
        async with gateway.client.post(url, json={"prompt": "x"}) as answer:
            said = (answer.status, answer.headers.get("Retry-After"), answer.headers.get("x-should-retry"))
    assert said == (503, None, "false")


async def test_three_of_four_pictures_are_not_made_again_by_the_client(start: StartGateway) -> None:
    async with providing() as provider:
        provider.script(OK, OK, OK, *[Reply(status=429, headers={"Retry-After": "400"})] * 9)
        gateway = await start(behind(provider.base_url, max_n=1))
        url = f"{gateway.address}/v1/images/generations"
        async with gateway.client.post(url, json={"prompt": "x", "n": 4}) as answer:
            said = (answer.status, answer.headers.get("Retry-After"), answer.headers.get("x-should-retry"))
    assert said == (429, None, "false")
