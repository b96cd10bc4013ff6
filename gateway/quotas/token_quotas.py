"""What a token may do, as its limits say: the one place where a limit becomes a refusal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext

from gateway.clock import Clock
from gateway.errors import RateLimited
from gateway.quotas.base import Balance, Quota, QuotaExceeded
from gateway.quotas.bucket import TokenBucket
from gateway.quotas.in_flight import InFlight, TooManyInFlight
from gateway.quotas.shared import SharedBucket, SharedWindow, WithFallback
from gateway.quotas.window import SlidingWindow
from gateway.shared_state import SharedState
from gateway.tokens import Token

MINUTE, DAY = 60, 86_400
SOON = 1
"""Seconds after which a place may be free again: requests end all the time."""

_UNCOUNTED: AbstractAsyncContextManager[None] = nullcontext()


def _nothing_is_lost() -> bool:
    return False


class TokenQuotas:
    """Counts by the token's name, so that a token and the one that follows it share their limits."""

    def __init__(self, requests: Quota, images: Quota, *, far: bool = False) -> None:
        """`far`: whether asking them takes a way, so that two are asked at once."""
        self._far = far
        self._requests = requests
        self._images = images
        self._in_flight = InFlight()

    @classmethod
    def in_memory(cls, clock: Clock) -> TokenQuotas:
        """For one process; a restart begins anew."""
        return cls(TokenBucket(clock, MINUTE), SlidingWindow(clock, DAY))

    @classmethod
    def shared(cls, state: SharedState, clock: Clock) -> TokenQuotas:
        """For all replicas together; `max_in_flight` is each one's own."""
        return cls.counted_elsewhere(SharedBucket(state, "requests", MINUTE), SharedWindow(state, "images", DAY), clock)

    @classmethod
    def counted_elsewhere(cls, requests: Quota, images: Quota, clock: Clock) -> TokenQuotas:
        """By quotas that may be down, when this process counts by itself."""
        return cls(
            WithFallback(requests, TokenBucket(clock, MINUTE)),
            WithFallback(images, SlidingWindow(clock, DAY)),
            far=True,
        )

    @asynccontextmanager
    async def request(self, token: Token) -> AsyncIterator[None]:
        """Answer one request of `token` inside. A request that finds no place is not charged.

        Raises:
            RateLimited: it has as many under way, or has made as many in this minute, as it may.
        """
        with self._place(token):
            await self._charge_request(token)
            yield

    def _place(self, token: Token) -> AbstractContextManager[None]:
        if token.max_in_flight is None:
            return nullcontext()
        try:
            return self._in_flight.hold(token.name, token.max_in_flight)
        except TooManyInFlight:
            words = f"The requests in flight of this token are limited to {token.max_in_flight}"
            raise RateLimited(words, retry_after=SOON) from None

    async def _charge_request(self, token: Token) -> None:
        if token.requests_per_minute is None:
            return
        try:
            await self._requests.take(token.name, 1, token.requests_per_minute)
        except QuotaExceeded as exceeded:
            words = f"The requests per minute of this token are limited to {exceeded.balance.limit}"
            raise RateLimited(words, retry_after=exceeded.retry_after) from None

    def images(
        self, token: Token | None, count: int, is_lost: Callable[[], bool] = _nothing_is_lost
    ) -> AbstractAsyncContextManager[None]:
        """Make `count` images for `token` inside; a failure gives them back.

        So does work that is cancelled, unless it `is_lost`: a backend was at it for a client that went away. Else
        who goes away again and again would have backends work for nothing.

        Raises:
            RateLimited: it has fewer left of its day.
        """
        if token is None or token.images_per_day is None:
            return _UNCOUNTED
        return self._counted(token.name, token.images_per_day, count, is_lost)

    @asynccontextmanager
    async def _counted(self, name: str, limit: int, count: int, is_lost: Callable[[], bool]) -> AsyncIterator[None]:
        try:
            taken = await self._images.take(name, count, limit)
        except QuotaExceeded as exceeded:
            left = exceeded.balance.remaining
            words = f"The images per day of this token are limited to {limit}, {left} are left, {count} were asked for"
            raise RateLimited(words, retry_after=exceeded.retry_after) from None
        try:
            yield
        except BaseException as error:
            if not (isinstance(error, asyncio.CancelledError) and is_lost()):
                await self._images.give_back(taken)
            raise

    async def balances(self, token: Token) -> dict[str, Balance]:
        """Where `token` stands with each limit that it has: `requests` and `images`."""
        asked: dict[str, Awaitable[Balance]] = {}
        if token.requests_per_minute is not None:
            asked["requests"] = self._requests.balance(token.name, token.requests_per_minute)
        if token.images_per_day is not None:
            asked["images"] = self._images.balance(token.name, token.images_per_day)
        if self._far and len(asked) > 1:
            return dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))
        return {what: await balance for what, balance in asked.items()}
