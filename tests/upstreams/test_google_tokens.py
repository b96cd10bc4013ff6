"""One access token for everybody, renewed before it ends, and nobody waits while the old one is good."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable

import pytest
from support.clocks import LeapingClock

from gateway.upstreams import google_tokens
from gateway.upstreams.base import NotSent, Rejected
from gateway.upstreams.google_tokens import RENEW_AHEAD, TOO_SHORT, AccessToken, FixedCredentials, RenewedCredentials
from gateway.upstreams.rehearsal import Rehearsal, rehearsal

LIFE = 3600.0


class Endpoint:
    """Gives out numbered tokens, when it is let."""

    def __init__(self, clock: LeapingClock) -> None:
        self.clock = clock
        self.asked = 0
        self.open = threading.Event()
        self.open.set()
        self.failure: Exception | None = None

    def __call__(self) -> AccessToken:
        self.asked += 1
        assert self.open.wait(5)
        if self.failure is not None:
            raise self.failure
        return AccessToken({"authorization": f"Bearer {self.asked}"}, self.clock.now + LIFE)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint(LeapingClock())


@pytest.fixture
async def credentials(endpoint: Endpoint) -> AsyncIterator[RenewedCredentials]:
    made = RenewedCredentials(endpoint, endpoint.clock)
    yield made
    endpoint.open.set()
    await made.close()


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not done():  # noqa: ASYNC110 - a thread has no event to wait for
            await asyncio.sleep(0.001)


async def test_a_token_serves_until_it_is_old(endpoint: Endpoint, credentials: RenewedCredentials) -> None:
    first = await credentials.headers()
    endpoint.clock.now += LIFE - RENEW_AHEAD - 1
    assert await credentials.headers() is first
    assert endpoint.asked == 1


async def test_many_callers_wait_for_one_token(endpoint: Endpoint, credentials: RenewedCredentials) -> None:
    found = await asyncio.gather(*(credentials.headers() for _ in range(50)))
    assert endpoint.asked == 1
    assert all(headers == {"authorization": "Bearer 1"} for headers in found)


async def test_nobody_waits_while_the_old_token_is_good(endpoint: Endpoint, credentials: RenewedCredentials) -> None:
    first = await credentials.headers()
    endpoint.clock.now += LIFE - RENEW_AHEAD + 1
    endpoint.open.clear()
    assert [await credentials.headers() for _ in range(5)] == [first] * 5
    endpoint.open.set()
    await until(lambda: endpoint.asked == 2)
    endpoint.clock.now += RENEW_AHEAD - TOO_SHORT
    assert await credentials.headers() == {"authorization": "Bearer 2"}
    assert endpoint.asked == 2


async def test_a_token_that_could_end_on_the_way_is_not_used(
    endpoint: Endpoint, credentials: RenewedCredentials
) -> None:
    await credentials.headers()
    endpoint.clock.now += LIFE - TOO_SHORT + 1
    assert await credentials.headers() == {"authorization": "Bearer 2"}


async def test_a_failed_renewal_ahead_of_time_is_only_logged(
    endpoint: Endpoint, credentials: RenewedCredentials, caplog: pytest.LogCaptureFixture
) -> None:
    first = await credentials.headers()
    endpoint.clock.now += LIFE - RENEW_AHEAD + 1
    endpoint.failure = NotSent("no access token: TransportError")
    with caplog.at_level(logging.WARNING, "gateway.upstreams"):
        assert await credentials.headers() is first
        await until(lambda: "access token not renewed" in caplog.text)
    assert await credentials.headers() is first


async def test_without_a_token_the_failure_reaches_every_caller(
    endpoint: Endpoint, credentials: RenewedCredentials
) -> None:
    endpoint.failure = Rejected("no access token: invalid_grant")
    found = await asyncio.gather(*(credentials.headers() for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in found] == [Rejected] * 3
    endpoint.failure = None
    assert await credentials.headers() == {"authorization": "Bearer 2"}


async def test_a_caller_that_goes_away_takes_nothing_from_the_others(
    endpoint: Endpoint, credentials: RenewedCredentials
) -> None:
    endpoint.open.clear()
    first, second = (asyncio.create_task(credentials.headers()) for _ in range(2))
    await until(lambda: endpoint.asked == 1)
    first.cancel()
    endpoint.open.set()
    assert await second == {"authorization": "Bearer 1"}
    assert endpoint.asked == 1


async def test_a_refused_token_is_not_used_again(credentials: RenewedCredentials) -> None:
    first = await credentials.headers()
    credentials.refused(first)
    second = await credentials.headers()
    assert second == {"authorization": "Bearer 2"}
    credentials.refused(first)  # a late answer to an old call
    assert await credentials.headers() is second


async def test_a_silent_token_endpoint_is_not_waited_for_long(
    endpoint: Endpoint, credentials: RenewedCredentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_tokens, "RENEW_WITHIN", 0.05)
    endpoint.open.clear()
    with pytest.raises(NotSent, match="in time"):
        await credentials.headers()


async def test_a_rehearsal_asks_for_no_token(endpoint: Endpoint, credentials: RenewedCredentials) -> None:
    running = rehearsal.set(Rehearsal())
    try:
        assert await credentials.headers() == {"Authorization": "Bearer"}
    finally:
        rehearsal.reset(running)
    assert endpoint.asked == 0


async def test_a_fixed_key_stays_what_it_is() -> None:
    fixed = FixedCredentials({"x-goog-api-key": "k"})
    fixed.refused(await fixed.headers())
    assert await fixed.headers() == {"x-goog-api-key": "k"}
    await fixed.close()


def test_a_token_is_not_shown() -> None:
    assert "canary" not in repr(AccessToken({"authorization": "Bearer canary"}, 1.0))
