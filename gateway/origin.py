"""The address under which a client reaches this gateway."""

from __future__ import annotations

from aiohttp import web
from yarl import URL


class Origin:
    """`server.public_url` where it is set, else the scheme and host of each request."""

    def __init__(self, public_url: str | None) -> None:
        self._public_url = public_url

    def of(self, request: web.Request) -> str:
        """Without a slash at the end, such as `http://127.0.0.1:8080`."""
        return self._public_url or f"{request.scheme}://{request.host}"

    def hosted_path(self, request: web.Request, url: str) -> str | None:
        """What follows `/images/` when `url` is an address of this gateway's own pictures, else None."""
        try:
            named = URL(url, encoded=True)
            ours = URL(self.of(request))
            if named.origin() != ours.origin():
                return None
        except ValueError:
            return None
        prefix = f"{ours.raw_path.rstrip('/')}/images/"
        return named.raw_path.removeprefix(prefix) if named.raw_path.startswith(prefix) else None
