"""Pictures in a bucket: expiry that lists little, and failures that end soon and say what to change (H8)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from support.clocks import ManualClock
from support.object_stores import S3Server, needed, serving_s3

from gateway.blob import MemoryBlob
from gateway.config import ImagesConfig
from gateway.config_file import ConfigError
from gateway.errors import Unavailable
from gateway.hosting.retention import GRACE, Retention
from gateway.hosting.stores.base import Draft, Usage
from gateway.images import ImageFormat, Operation

needed("obstore", "test")

from gateway.hosting.stores.bucket import make_bucket  # noqa: E402 - skipped without the extra
from gateway.hosting.stores.object_store import ObjectStore  # noqa: E402 - likewise

DRAFT = Draft(MemoryBlob(b"picture"), Operation.EDIT, ImageFormat.PNG)
REFUSALS = [
    (404, "NoSuchBucket", "images.store: there is no bucket"),
    (403, "InvalidAccessKeyId", "images.object_store.access_key: "),
    (403, "SignatureDoesNotMatch", "images.object_store.secret_key: "),
    (400, "AuthorizationHeaderMalformed", "images.object_store.region: "),
    (301, "PermanentRedirect", "images.object_store.region: "),
    (403, "AccessDenied", "images.object_store: these credentials may not"),
]


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with serving_s3() as server:
        yield server


@asynccontextmanager
async def opened(config: ImagesConfig, clock: ManualClock | None = None) -> AsyncIterator[ObjectStore]:
    store = ObjectStore(make_bucket(config), Retention(ttl=600), clock=clock)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def answering(
    status: int, code: str, *, held: bool = False, may_list: bool = False
) -> AsyncIterator[ImagesConfig]:
    """A store that gives everybody the same answer, or none. `may_list`: to others than those who list."""

    async def handle(request: web.BaseRequest) -> web.Response:
        if held:
            await asyncio.Event().wait()
        if may_list and request.method == "GET":
            return web.Response(text="<ListBucketResult></ListBucketResult>", content_type="application/xml")
        return web.Response(status=status, text=f"<Error><Code>{code}</Code></Error>", content_type="application/xml")

    server = web.Server(handle)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield at(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def at(port: int) -> ImagesConfig:
    keys = {"endpoint": f"http://127.0.0.1:{port}", "allow_http": True, "access_key": "a", "secret_key": "b"}
    return ImagesConfig.model_validate({"store": "s3://bucket", "object_store": {**keys, "timeout": 0.5, "retries": 1}})


async def test_what_has_expired_goes_and_the_rest_stays(s3: S3Server) -> None:
    clock = ManualClock()
    async with opened(s3.config(), clock) as store:
        old = await store.put(DRAFT)
        clock.advance(300)
        young = await store.put(DRAFT)
        clock.advance(301 + GRACE)

        assert await store.sweep() == Usage(1, 7)
        assert [await store.get(old) is None, await store.get(young) is None] == [True, False]


async def test_two_replicas_may_sweep_at_once(s3: S3Server) -> None:
    clock, config = ManualClock(), s3.config()
    async with opened(config, clock) as one, opened(config, clock) as other:
        for _ in range(20):
            await one.put(DRAFT)
        clock.advance(601 + GRACE)
        await asyncio.gather(one.sweep(), other.sweep())
        await other.recount()

        assert other.usage() == Usage()


async def test_what_is_not_ours_is_left_alone(s3: S3Server) -> None:
    clock, config = ManualClock(), s3.config()
    bucket = make_bucket(config)
    async with opened(config, clock) as store:
        await bucket.put("20200101/0000/notes.txt", b"somebody's")
        await store.sweep()

        assert await bucket.size("20200101/0000/notes.txt") == 10


async def test_idempotency_keys_of_days_that_are_over_are_forgotten(s3: S3Server) -> None:
    config = s3.config()
    bucket = make_bucket(config)
    await bucket.replace("keys/19700101/old.json", b"{}")
    await bucket.replace("keys/20990101/new.json", b"{}")
    store = ObjectStore(bucket, Retention())

    await store._tidy()

    assert await bucket.size("keys/19700101/old.json") is None
    assert await bucket.size("keys/20990101/new.json") == 2


async def test_another_replica_sees_that_old_pictures_are_gone(s3: S3Server) -> None:
    clock, config = ManualClock(), s3.config()
    async with opened(config, clock) as one, opened(config, clock) as other:
        first = await one.put(DRAFT)
        clock.advance(300)
        second = await one.put(DRAFT)
        await one.delete(first)
        await other.sweep()

        assert first.created < other.evicted_before <= second.created


async def test_a_missing_bucket_is_found_at_start(s3: S3Server) -> None:
    config = ImagesConfig.model_validate(s3.images("no-such-bucket"))
    with pytest.raises(ConfigError, match=r"images\.store: there is no bucket"):
        async with opened(config):
            pytest.fail("it was opened")


@pytest.mark.parametrize(("status", "code", "words"), REFUSALS)
async def test_a_refusal_at_start_names_the_key_to_change(status: int, code: str, words: str) -> None:
    async with answering(status, code) as config:
        with pytest.raises(ConfigError, match=words):
            async with opened(config):
                pytest.fail("it was opened")


async def test_credentials_that_only_read_are_found_at_start() -> None:
    async with answering(403, "AccessDenied", may_list=True) as config:
        with pytest.raises(ConfigError, match=r"images\.object_store: these credentials may not"):
            async with opened(config):
                pytest.fail("it was opened")


@pytest.mark.parametrize("held", [True, False])
async def test_a_store_that_is_dead_or_slow_is_unavailable_soon(held: bool, caplog: pytest.LogCaptureFixture) -> None:  # noqa: FBT001 - a parameter of the table
    async with answering(503, "SlowDown", held=held) as config:
        with caplog.at_level(logging.WARNING):
            async with opened(config) as store:
                started = time.monotonic()
                with pytest.raises(Unavailable, match="unavailable"):
                    await store.put(DRAFT)

    assert time.monotonic() - started < 2
    assert "the image store does not answer, serving without it for now" in caplog.messages


async def test_a_full_store_says_so() -> None:
    async with answering(507, "XMinioStorageFull") as config:
        store = ObjectStore(make_bucket(config), Retention())
        with pytest.raises(Unavailable, match="full"):
            await store.put(DRAFT)


async def test_an_upload_whose_answer_was_lost_is_not_an_error(s3: S3Server) -> None:
    bucket = make_bucket(s3.config())
    await bucket.put("a/path", b"data")
    await bucket.put("a/path", b"data")

    assert await bucket.size("a/path") == 4
