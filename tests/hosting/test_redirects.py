"""Pictures that the object store gives out itself: to whom this gateway sends there, and for a minute."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.gateway import Gateway, StartGateway
from support.google_storage import serving_google
from support.object_stores import S3Server, serving_azure, serving_s3
from yarl import URL

from gateway.config import ImagesConfig
from gateway.hosting.redirects import make_redirects

PATH = "/v1/images/generations"


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with serving_s3() as server:
        yield server


@pytest.fixture
async def gateway(start: StartGateway, s3: S3Server) -> Gateway:
    return await start({"images": {**s3.images(s3.bucket()), "delivery": "redirect"}})


async def made(gateway: Gateway) -> str:
    _, answer = await gateway.post(PATH, json={"prompt": "a banana"})
    url: str = answer["data"][0]["url"]
    return url


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_client_is_sent_to_the_store_and_gets_the_picture(gateway: Gateway, method: str) -> None:
    url = await made(gateway)
    async with gateway.client.request(method, url, allow_redirects=False) as sent:
        assert (sent.status, sent.headers["Cache-Control"]) == (307, "private, max-age=30")
    async with gateway.client.request(method, sent.headers["Location"]) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
        assert answer.headers["Content-Disposition"].startswith('inline; filename="')


async def test_an_address_ends_after_a_minute(gateway: Gateway) -> None:
    async with gateway.client.get(await made(gateway), allow_redirects=False) as sent:
        assert "X-Amz-Expires=60" in sent.headers["Location"]


async def test_nobody_is_sent_to_a_picture_that_is_not_there(gateway: Gateway) -> None:
    url = (await made(gateway)).replace("_generate", "_edit")
    async with gateway.client.get(url, allow_redirects=False) as answer:
        assert answer.status == 404


async def test_who_has_the_picture_is_not_sent_anywhere(gateway: Gateway) -> None:
    async with gateway.client.get(await made(gateway), headers={"If-None-Match": "*"}) as answer:
        assert answer.status == 304


async def test_azure_signs_too(start: StartGateway) -> None:
    with serving_azure() as images:
        gateway = await start({"images": {**images, "delivery": "redirect"}})
        async with gateway.client.get(await made(gateway)) as answer:
            assert answer.content_type == "image/png"
            assert "sig=" in str(answer.url)


async def test_google_signs_too(start: StartGateway) -> None:
    with serving_google() as images:
        gateway = await start({"images": {**images, "delivery": "redirect"}})
        url = await made(gateway)
        async with gateway.client.get(url, allow_redirects=False) as sent:
            address = sent.headers["Location"]
        assert {"X-Goog-Algorithm=GOOG4-RSA-SHA256", "X-Goog-Expires=60"} <= set(
            URL(address).raw_query_string.split("&")
        )
        async with gateway.client.get(address) as answer:
            assert (answer.status, answer.content_type) == (200, "image/png")
            assert answer.headers["Content-Disposition"].startswith('inline; filename="')


def test_a_proxy_sends_nobody_anywhere() -> None:
    assert make_redirects(ImagesConfig()) is None
