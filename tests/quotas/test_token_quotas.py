"""Where a token's limits become refusals."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from support.clocks import LeapingClock

from gateway.errors import RateLimited
from gateway.quotas.base import Balance
from gateway.quotas.token_quotas import TokenQuotas
from gateway.quotas.window import SlidingWindow
from gateway.tokens import Token


def token(**limits: int) -> Token:
    return replace(Token("web", b""), **limits)  # type: ignore[arg-type]  # mypy takes the limits for other fields


@pytest.fixture
def clock() -> LeapingClock:
    return LeapingClock()


@pytest.fixture
def quotas(clock: LeapingClock) -> TokenQuotas:
    return TokenQuotas.in_memory(clock)


async def test_a_token_without_limits_has_none(quotas: TokenQuotas) -> None:
    for _ in range(1000):
        async with quotas.request(token()), quotas.images(token(), 4):
            pass

    assert await quotas.balances(token()) == {}


async def test_requests_come_back_evenly(quotas: TokenQuotas, clock: LeapingClock) -> None:
    web = token(requests_per_minute=2)
    for _ in range(2):
        async with quotas.request(web):
            pass
    with pytest.raises(RateLimited, match=r"per minute .* limited to 2") as refused:
        await quotas.request(web).__aenter__()

    clock.now += 30
    async with quotas.request(web):
        pass
    assert refused.value.headers == {"Retry-After": "30"}


async def test_a_request_that_finds_no_place_is_not_charged(quotas: TokenQuotas) -> None:
    web = token(max_in_flight=1, requests_per_minute=10)
    async with quotas.request(web):
        with pytest.raises(RateLimited, match=r"in flight .* limited to 1"):
            await quotas.request(web).__aenter__()

    assert (await quotas.balances(web))["requests"].remaining == 9


async def test_a_request_over_its_rate_holds_no_place(quotas: TokenQuotas) -> None:
    web = token(max_in_flight=1, requests_per_minute=1)
    async with quotas.request(web):
        pass
    with pytest.raises(RateLimited, match="per minute"):
        await quotas.request(web).__aenter__()

    async with quotas.request(token(max_in_flight=1)):
        pass


async def test_images_are_charged_by_what_is_asked(quotas: TokenQuotas) -> None:
    web = token(images_per_day=5)
    async with quotas.images(web, 4):
        pass

    with pytest.raises(RateLimited, match="limited to 5, 1 are left, 2 were asked for") as refused:
        await quotas.images(web, 2).__aenter__()
    assert refused.value.headers == {"Retry-After": "120"}
    assert (await quotas.balances(web))["images"][:2] == (5, 1)


@pytest.mark.parametrize("failure", [ValueError(), asyncio.CancelledError()])
async def test_images_of_failed_and_cancelled_work_are_given_back(quotas: TokenQuotas, failure: BaseException) -> None:
    web = token(images_per_day=5)

    with pytest.raises(type(failure)):
        async with quotas.images(web, 4):
            raise failure

    assert (await quotas.balances(web))["images"].remaining == 5


@pytest.mark.parametrize(("failure", "left"), [(ValueError(), 5), (asyncio.CancelledError(), 1)])
async def test_what_a_backend_did_for_a_client_that_left_is_charged(
    quotas: TokenQuotas, failure: BaseException, left: int
) -> None:
    web = token(images_per_day=5)

    with pytest.raises(type(failure)):
        async with quotas.images(web, 4, lambda: True):
            raise failure

    assert (await quotas.balances(web))["images"].remaining == left


async def test_nobody_is_nobody_s_limit(quotas: TokenQuotas) -> None:
    async with quotas.images(None, 4):
        pass


class Meeting(SlidingWindow):
    """Says where a caller stands once the other has been asked too."""

    barrier: asyncio.Barrier

    async def balance(self, caller: str, limit: int) -> Balance:
        async with asyncio.timeout(5):
            await self.barrier.wait()
        return await super().balance(caller, limit)


async def test_two_quotas_that_are_far_away_are_asked_at_once(clock: LeapingClock) -> None:
    Meeting.barrier = asyncio.Barrier(2)
    quotas = TokenQuotas.counted_elsewhere(Meeting(clock, 60), Meeting(clock, 86_400), clock)

    found = await quotas.balances(token(requests_per_minute=3, images_per_day=7))

    assert {what: balance.limit for what, balance in found.items()} == {"requests": 3, "images": 7}
