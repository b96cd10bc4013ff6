"""Idempotency-Keys in a bucket: one replica's answer is known to the next, for a day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.clocks import ManualClock
from support.object_stores import needed, serving_s3

from gateway.answers import Answer
from gateway.caching.claims import LIFE
from gateway.config import ImagesConfig
from gateway.errors import Unavailable
from gateway.hosting.stores.failures import store_down
from gateway.jobs import Claim

needed("obstore", "test")

from gateway.caching.object_claims import ObjectClaims  # noqa: E402 - skipped without the extra
from gateway.hosting.stores.bucket import make_bucket  # noqa: E402 - likewise

CLAIM, ANSWER = Claim("token\nkey", "digest"), Answer(1, (), "local", 2)


@pytest.fixture(scope="module")
def config() -> Iterator[ImagesConfig]:
    with serving_s3() as server:
        yield server.config()


async def test_another_replica_finds_it_for_a_day(config: ImagesConfig) -> None:
    clock = ManualClock()
    await ObjectClaims(make_bucket(config), clock).put(CLAIM, ANSWER)
    other = ObjectClaims(make_bucket(config), clock)
    clock.advance(LIFE - 1)
    kept = await other.get(CLAIM.key)
    clock.advance(1)

    assert kept is not None
    assert (kept.digest, kept.answer) == (CLAIM.digest, ANSWER)
    assert await other.get(CLAIM.key) is None


async def test_an_unknown_key_is_not_found(config: ImagesConfig) -> None:
    assert await ObjectClaims(make_bucket(config), ManualClock()).get("nobody's") is None


async def test_a_store_that_is_known_to_be_down_is_not_asked(config: ImagesConfig) -> None:
    def refuse() -> None:
        raise store_down()

    with pytest.raises(Unavailable):
        await ObjectClaims(make_bucket(config), ManualClock(), refuse).get(CLAIM.key)
