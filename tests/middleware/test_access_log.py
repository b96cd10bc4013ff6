"""One line a request, which tells enough to find it again and not enough to take the picture (U5)."""

from __future__ import annotations

import logging

import pytest
from support.gateway import Gateway
from support.images_api import GENERATIONS

from gateway.clock import system_random
from gateway.hosting.names import HALF_TOKEN, HostedName
from gateway.images import ImageFormat, Operation

NAME = str(HostedName.make(1_764_000_000, system_random, "ab" * 32, Operation.GENERATE, ImageFormat.PNG))
MOMENT = len("130708-24112025_")


def paths(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.__dict__["fields"]["path"] for record in caplog.records if record.name == "gateway.access"]


async def test_a_picture_is_told_by_its_moment_and_eight_of_its_secret(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    _, made = await gateway.post(GENERATIONS, json={"prompt": "a"})
    caplog.set_level(logging.INFO)

    await gateway.picture(made["data"][0]["url"])

    name = made["data"][0]["url"].rpartition("/")[2]
    assert paths(caplog) == [f"/images/{name[: MOMENT + 8]}..."]


ADDRESSES = [
    ("GET", "/images/{}"),
    ("HEAD", "/images/{}"),
    ("DELETE", "/images/{}"),
    ("GET", "/images/{}?signature=a"),
    ("GET", "/v1/images/{}"),
    ("GET", "/images/{}/"),
    ("POST", "/a/proxys/prefix/images/{}"),
    ("GET", "/images/%31{}"),
]


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
async def test_a_picture_is_never_named_whole(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, method: str, address: str
) -> None:
    caplog.set_level(logging.DEBUG)
    name = NAME[1:] if "%31" in address else NAME

    async with gateway.client.request(method, gateway.address + address.format(name)) as response:
        assert response.status >= 400

    assert len(paths(caplog)) == 1
    assert NAME[MOMENT : MOMENT + 8] in caplog.text + paths(caplog)[0]
    assert NAME[MOMENT + 8 : MOMENT + HALF_TOKEN] not in caplog.text + str(
        [record.__dict__ for record in caplog.records]
    )


@pytest.mark.parametrize("path", ["/v1/images/generations", "/images/upscale", "/v1/models", "/", "/images/short.png"])
async def test_other_paths_are_told_whole(gateway: Gateway, caplog: pytest.LogCaptureFixture, path: str) -> None:
    caplog.set_level(logging.INFO)

    await (await gateway.client.get(gateway.address + path)).read()

    assert paths(caplog) == [path]
