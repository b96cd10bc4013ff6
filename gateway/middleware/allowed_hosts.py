"""Answers requests for known hosts alone, against DNS rebinding.

A web page whose name is made to point at a private address reads what is there as if it were its own. The browser
still names the page's host, and no page can change that.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import lru_cache

from aiohttp import hdrs, web
from yarl import URL

from gateway.config import ServerConfig
from gateway.errors import Forbidden
from gateway.exposure import is_loopback
from gateway.middleware.links import Handler, Link
from gateway.origin import Origin

HEALTH = frozenset({"/healthz", "/readyz"})
"""Probes name the machine by whatever address it has now, and are told nothing worth hiding."""


def allowed_hosts(config: ServerConfig, origin: Origin, *, addresses: bool = False) -> Link:
    """`addresses`: whether any is answered, as scrapers name what they find: only names can be made to point here."""
    rule = _rule(config)

    @lru_cache(maxsize=128)
    def is_allowed(host: str) -> bool:
        name = _name(host)
        return rule(name) or (addresses and _is_address(name))

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        # Without the header it is no browser; every one has sent it for decades.
        if hdrs.HOST not in request.headers or request.path in HEALTH or is_allowed(origin.host(request)):
            return await handler(request)
        raise Forbidden("This host is not one of the gateway's; the operator may add it to server.allowed_hosts")

    return link


def _rule(config: ServerConfig) -> Callable[[str], bool]:
    if config.allowed_hosts is not None:
        allowed = frozenset(host.lower() for host in config.allowed_hosts)
        return lambda host: host in allowed or any(f"*.{parent}" in allowed for parent in _parents(host))
    if not is_loopback(config.host):
        return lambda _: True
    public = URL(config.public_url).host if config.public_url is not None else None
    return lambda host: is_loopback(host) or host.endswith(".localhost") or host == public


def _parents(host: str) -> list[str]:
    """`b.example`, `example` of `a.b.example`."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(1, len(labels))]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _name(host: str) -> str:
    """Without its port, in lower case; what is no host is none of ours."""
    try:
        return (URL.build(scheme="http", authority=host).host or "").lower().removesuffix(".")
    except ValueError:
        return ""
