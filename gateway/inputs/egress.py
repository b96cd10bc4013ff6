"""What a fetch may dial: the rules, and the two places that keep them, the look-up and the socket."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from gateway.inputs.addresses import IPAddress, carried, is_inward, is_private, is_this_machine, literal
from gateway.inputs.urls import HttpUrl, Reason, UrlRefused

HostAndPort: TypeAlias = tuple[str, int]

# A name whose servers never answer holds a thread for as long as the C library waits. They are few and apart
# from the pool that everybody else uses, so that only other fetches can starve.
_LOOKUP_THREADS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRules:
    """What may be fetched, and how much of it."""

    max_bytes: int = 20 * 2**20
    """Largest body."""
    timeout: float = 20
    """Seconds for everything: look-ups, all redirects, the last byte."""
    connect_timeout: float = 3
    """Seconds for one connection, encryption included."""
    redirects: int = 3
    ports: frozenset[int] = frozenset({80, 443})
    allow_private_networks: bool = False
    """Permit loopback, private, shared and unique local addresses, this machine's own, and every port.

    Link-local and metadata addresses, multicast, the unspecified address and all else inward stay refused.
    """
    own_addresses: frozenset[HostAndPort] = frozenset()
    """Where this gateway itself is reached; refused under every setting.

    The addresses that it listens on, with `0.0.0.0` and `::` for all of this machine, and its public names.
    """

    def check_url(self, url: HttpUrl) -> None:
        """Everything that can be told without a look-up. Raises UrlRefused."""
        if url.port not in self.ports and not self.allow_private_networks:
            raise UrlRefused(Reason.PORT, f"port {url.port}")
        if (url.host, url.port) in self.own_addresses:
            raise UrlRefused(Reason.OURSELVES, f"{url.host} is this gateway")
        if url.address is not None:
            self.check_address(url.address, url.port)

    def check_address(self, address: IPAddress, port: int) -> None:
        """Raises UrlRefused unless `address` may be dialled at `port`."""
        if is_inward(address) and not (self.allow_private_networks and is_private(address)):
            raise UrlRefused(Reason.INWARD, f"{address} is inward")
        # A firewall does not stand between a machine and its own public address.
        if not self.allow_private_networks and is_this_machine(address):
            raise UrlRefused(Reason.OURSELVES, f"{address} is this machine")
        if any(port == own_port and _listens(own, address) for own, own_port in self.own_addresses):
            raise UrlRefused(Reason.OURSELVES, f"{address} port {port} is this gateway")

    def check_answer(self, host: str, port: int) -> None:
        """The same for an address as text, as look-ups and sockets write it."""
        address = literal(host)
        if address is None:
            raise UrlRefused(Reason.NOT_RESOLVED, "answer without an address")
        self.check_address(address, port)


def _listens(own: str, address: IPAddress) -> bool:
    if own == "localhost":
        return address.is_loopback
    listening = literal(own)
    if listening is not None and listening.is_unspecified:
        return is_this_machine(address)
    return carried(address) == listening


class SystemResolver(AbstractResolver):
    """The machine's own look-up, in threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        ask = partial(
            socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=found_family,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for found_family, _, proto, _, address in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class CheckedResolver(AbstractResolver):
    """Refuses a whole answer when one address in it may not be dialled.

    Its refusals are no OSError: aiohttp takes those for a reason to try the next address.
    """

    def __init__(self, rules: FetchRules, resolver: AbstractResolver) -> None:
        self._rules = rules
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        try:
            answers = await self._resolver.resolve(host, port, family)
        except OSError as error:
            raise UrlRefused(Reason.NOT_RESOLVED, str(error)) from error
        if not answers:
            raise UrlRefused(Reason.NOT_RESOLVED, "empty answer")
        for answer in answers:
            self._rules.check_answer(answer["host"], port)
        return answers

    async def close(self) -> None:
        await self._resolver.close()


def checked_socket(rules: FetchRules, target: AddrInfoType) -> socket.socket:
    """A socket for `target`, or UrlRefused: what is checked here is dialled next, with nothing between.

    Addresses written in a URL come by here only, because aiohttp asks no resolver for them.
    """
    family, kind, protocol, _, address = target
    rules.check_answer(str(address[0]), int(address[1]))
    return socket.socket(family, kind, protocol)
