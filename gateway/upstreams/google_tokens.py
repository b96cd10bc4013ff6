"""What proves to Google who calls: a fixed key, or an access token that is renewed ahead of its end, once for all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import hdrs

from gateway.clock import Clock
from gateway.logs import event
from gateway.upstreams.base import NotSent, UpstreamError
from gateway.upstreams.rehearsal import rehearsal

RENEW_AHEAD = 225.0
"""Seconds before the end from which a token is renewed. Not earlier: until five minutes before the end the
metadata server of Google's machines gives out the old one again."""
TOO_SHORT = 10.0
"""Seconds of life with which a token is not used any more: it could end on the way."""
RENEW_WITHIN = 30.0
"""Seconds that calls wait for a new token."""

_log = logging.getLogger("gateway.upstreams")


class Credentials(Protocol):
    async def headers(self) -> Mapping[str, str]:
        """What a call carries.

        Raises:
            NotSent: it cannot be had now.
            Rejected: it cannot be had until somebody changes the configuration.
        """

    def refused(self, headers: Mapping[str, str]) -> None:
        """Google did not accept `headers` (401): they are not used again where there can be others."""

    async def close(self) -> None: ...


class FixedCredentials:
    """A key, or a token that somebody else renews."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    async def headers(self) -> Mapping[str, str]:
        return self._headers

    def refused(self, headers: Mapping[str, str]) -> None:
        """There are no others."""

    async def close(self) -> None:
        """Nothing runs."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    headers: Mapping[str, str] = field(repr=False)
    expires: float
    """Seconds since 1970."""


class RenewedCredentials:
    """An access token for all calls. While it is still good nobody waits for the next one."""

    def __init__(self, fetch: Callable[[], AccessToken], clock: Clock) -> None:
        """`fetch` blocks, and raises like `headers`."""
        self._fetch = fetch
        self._clock = clock
        self._token: AccessToken | None = None
        self._renewal: asyncio.Task[AccessToken] | None = None

    async def headers(self) -> Mapping[str, str]:
        if rehearsal.get() is not None:
            return {hdrs.AUTHORIZATION: "Bearer"}  # nothing is sent, so nothing is asked for
        token = self._token
        left = token.expires - self._clock.time() if token is not None else 0.0
        if token is None or left < TOO_SHORT:
            # Shielded: the others still wait for it when one caller goes away.
            token = await asyncio.shield(self._renewed())
        elif left < RENEW_AHEAD:
            self._renewed()
        return token.headers

    def refused(self, headers: Mapping[str, str]) -> None:
        if self._token is not None and self._token.headers is headers:
            self._token = None

    async def close(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.wait([self._renewal])

    def _renewed(self) -> asyncio.Task[AccessToken]:
        """The renewal that runs, else a new one."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(_tell)
        return self._renewal

    async def _renew(self) -> AccessToken:
        try:
            async with asyncio.timeout(RENEW_WITHIN):
                self._token = await asyncio.to_thread(self._fetch)
        except TimeoutError as error:
            raise NotSent("no access token in time") from error
        return self._token


def _tell(renewal: asyncio.Task[AccessToken]) -> None:
    """A renewal ahead of time fails for nobody in particular, so the log is told."""
    if renewal.cancelled():
        return
    error = renewal.exception()
    if error is not None:
        detail = error.detail if isinstance(error, UpstreamError) else repr(error)
        event(_log, logging.WARNING, "access token not renewed", detail=detail)
