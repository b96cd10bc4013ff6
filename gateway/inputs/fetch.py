"""The one guarded fetch, for every address that a client or a backend gives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from socket import AF_UNSPEC
from typing import TypeAlias, TypeVar

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver

from gateway import __version__
from gateway.errors import BadRequest, GatewayError, PayloadTooLarge
from gateway.images import ImageFormat
from gateway.inputs.egress import CheckedResolver, FetchRules, SystemResolver, checked_socket
from gateway.inputs.urls import HttpUrl, Reason, UrlRefused, parse
from gateway.logs import event

__all__ = ["FetchRules", "GuardedFetch", "Reason", "Take", "UrlRefused"]

_log = logging.getLogger("gateway.fetch")
_Result = TypeVar("_Result")
Take: TypeAlias = Callable[[bytes], Awaitable[None]]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONNECTIONS = 100
"""Open at a time; a fetch that waits for a place does so within its own deadline."""
_HEADERS = {
    "User-Agent": f"nano-banana-gateway/{__version__}",
    # Without the list some hosts answer in formats that we do not take.
    "Accept": ", ".join([*(form.mime for form in ImageFormat), "*/*;q=0.1"]),
    "Accept-Encoding": "identity",
}


def _uncounted(_reason: Reason) -> None:
    """For whoever keeps no count."""


class GuardedFetch:
    """Fetches from public hosts: no cookies, no credentials, no proxy, no second reading of an address."""

    def __init__(
        self,
        rules: FetchRules,
        *,
        resolver: AbstractResolver | None = None,
        on_refused: Callable[[Reason], None] = _uncounted,
    ) -> None:
        """`resolver` is closed with the fetch. `on_refused` is told of every client's URL that gave no bytes."""
        self._rules = rules
        self._resolver = CheckedResolver(rules, resolver or SystemResolver())
        self._on_refused = on_refused
        self._session: ClientSession | None = None

    async def open(self) -> None:
        connector = TCPConnector(
            resolver=self._resolver,
            socket_factory=partial(checked_socket, self._rules),
            # One at a time: in a race of addresses a refusal would only start the next one.
            happy_eyeballs_delay=None,
            # An answer or a connection that is kept was checked for another request.
            use_dns_cache=False,
            force_close=True,
            limit=_CONNECTIONS,
        )
        self._session = ClientSession(
            connector=connector,
            headers=_HEADERS,
            cookie_jar=DummyCookieJar(),
            # A proxy from the environment would be dialled in place of the address that was checked.
            trust_env=False,
            # A small answer can unpack to any size.
            auto_decompress=False,
            timeout=ClientTimeout(total=None, sock_connect=self._rules.connect_timeout),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        await self._resolver.close()

    async def fetch(self, url: str, *, param: str) -> bytes:
        """The bytes at a URL that a client gave in the field `param`.

        Raises PayloadTooLarge when a host answers with too much, and for everything else one and the same
        BadRequest: neither its words nor its status tell an open port from a closed or a forbidden one.
        """
        with self._told(param):
            return await self.download(url)

    async def fetch_into(self, take: Take, url: str, *, param: str) -> None:
        """The same, piece by piece as they arrive. What `take` raises passes through."""
        with self._told(param):
            await self._guard(url, partial(self._follow, take, self._rules.max_bytes))

    async def check(self, url: str, *, param: str) -> str:
        """The canonical spelling of a URL that is handed on unfetched, once its host passed the rules.

        Whoever fetches it looks the name up again and follows redirects of its own, beyond this check.
        Raises BadRequest as `fetch` does.
        """
        with self._told(param):
            return await self._guard(url, self._resolve)

    async def download(self, url: str, *, max_bytes: int | None = None) -> bytes:
        """The bytes at a URL that a backend gave, up to `max_bytes` in place of those that a client's URL may give.

        Raises UrlRefused, for the driver to translate.
        """
        body = bytearray()

        async def take(piece: bytes) -> None:
            body.extend(piece)

        await self._guard(url, partial(self._follow, take, max_bytes or self._rules.max_bytes))
        return bytes(body)

    async def _guard(self, text: str, act: Callable[[HttpUrl], Awaitable[_Result]]) -> _Result:
        host = None
        try:
            url = parse(text)
            host = url.host
            with _failures_as_refusals():
                async with asyncio.timeout(self._rules.timeout):
                    return await act(url)
        except UrlRefused as refusal:
            event(_log, logging.INFO, "refused", reason=refusal.reason.value, host=host, detail=refusal.detail)
            raise

    async def _resolve(self, url: HttpUrl) -> str:
        self._rules.check_url(url)
        if url.address is None:
            await self._resolver.resolve(url.host, url.port, AF_UNSPEC)
        return str(url)

    async def _follow(self, take: Take, max_bytes: int, url: HttpUrl) -> None:
        if self._session is None:
            raise RuntimeError("open() comes before the first fetch")
        for _ in range(self._rules.redirects + 1):
            self._rules.check_url(url)
            async with self._session.get(url.url, allow_redirects=False) as response:
                location = response.headers.get("Location")
                if response.status not in _REDIRECTS or location is None:
                    return await self._body(response, take, max_bytes)
            url = url.follow(location)
        raise UrlRefused(Reason.REDIRECTS, f"more than {self._rules.redirects} redirects")

    async def _body(self, response: ClientResponse, take: Take, max_bytes: int) -> None:
        if response.status != HTTPStatus.OK:
            raise UrlRefused(Reason.STATUS, f"status {response.status}")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UrlRefused(Reason.ENCODED, "compressed, though not asked for")
        if (response.content_length or 0) > max_bytes:
            raise UrlRefused(Reason.TOO_LARGE, f"{response.content_length} bytes announced")
        size = 0
        async for chunk in response.content.iter_any():
            size += len(chunk)
            if size > max_bytes:
                raise UrlRefused(Reason.TOO_LARGE, f"more than {max_bytes} bytes")
            await take(chunk)

    @contextmanager
    def _told(self, param: str) -> Iterator[None]:
        try:
            yield
        except UrlRefused as refusal:
            self._on_refused(refusal.reason)
            raise self._public(refusal.reason, param) from refusal

    def _public(self, reason: Reason, param: str) -> GatewayError:
        rules = self._rules
        if reason is Reason.TOO_LARGE:
            return PayloadTooLarge(f"The file at this URL is larger than {rules.max_bytes} bytes.", param=param)
        ports = " or ".join(str(port) for port in sorted(rules.ports))
        where = "" if rules.allow_private_networks else f" on a public host and port {ports}"
        return BadRequest.picture(
            param,
            f"The URL could not be fetched. It must be http or https{where}, and answer 200 within "
            f"{rules.timeout:g} seconds and {rules.redirects} redirects.",
        )


@contextmanager
def _failures_as_refusals() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise UrlRefused(Reason.TIMEOUT, type(error).__name__) from error
    except ClientConnectorError as error:
        raise UrlRefused(Reason.NOT_CONNECTED, type(error).__name__) from error
    except ClientError as error:
        raise UrlRefused(Reason.BROKEN, type(error).__name__) from error
