"""The address under which a client reaches this gateway, and its own."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from yarl import URL

from gateway.forwarding import Hop, Network, client


class Origin:
    """`server.public_url` where it is set, else the scheme and host of each request, or what a trusted proxy says."""

    def __init__(self, public_url: str | None, trusted_proxies: Sequence[Network] = ()) -> None:
        self._public_url = public_url
        self._trusted = trusted_proxies

    def of(self, request: web.Request) -> str:
        """Without a slash at the end, such as `http://127.0.0.1:8080`."""
        if self._public_url is not None:
            return self._public_url
        told = self._client(request)
        scheme = (told.scheme if told is not None else None) or request.scheme
        return f"{scheme}://{self.host(request)}"

    def host(self, request: web.Request) -> str:
        """The host that the client named, with its port where it named one."""
        told = self._client(request)
        return (told.host if told is not None else None) or request.host

    def remote(self, request: web.Request) -> str | None:
        """The client's own IP address."""
        told = self._client(request)
        return str(told.remote) if told is not None and told.remote is not None else request.remote

    def _client(self, request: web.Request) -> Hop | None:
        return client(request.remote, request.headers, self._trusted) if self._trusted else None

    def hosted_path(self, request: web.Request, url: str) -> str | None:
        """What follows `/images/` when `url` is an address of this gateway's own pictures, else None."""
        try:
            named = URL(url, encoded=True)
            ours = URL(self.of(request))
            # `origin()` would tell `https://host:443` from `https://host`.
            if (named.scheme, named.host, named.port) != (ours.scheme, ours.host, ours.port):
                return None
        except ValueError:
            return None
        prefix = f"{ours.raw_path.rstrip('/')}/images/"
        return named.raw_path.removeprefix(prefix) if named.raw_path.startswith(prefix) else None
