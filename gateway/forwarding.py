"""Who asks, and at which address, when proxies stand in front: told by headers, believed of known proxies alone.

Each proxy adds a hop at the right end of `X-Forwarded-For` or `Forwarded`. Read from there, hops count as long as a
trusted proxy reports them; the first that is none is the client, and whatever stands left of it the client wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import islice
from typing import TypeAlias

from multidict import CIMultiDict, CIMultiDictProxy

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Headers: TypeAlias = CIMultiDict[str] | CIMultiDictProxy[str]

MOST_HOPS = 16
"""More proxies in a row nobody has."""
_PAIR = re.compile(r'\s*([A-Za-z]+)=("[^"\\]*"|[^\s";,]*)\s*')
_ADDRESS = re.compile(r"([0-9.]+)(?::[0-9]{1,5})?|\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?|([0-9A-Fa-f:.]+)")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Hop:
    """What one proxy reports: who asked it, and under which address. None: it does not say, or in no known words."""

    remote: Address | None
    scheme: str | None = None
    host: str | None = None


def client(peer: str | None, headers: Headers, trusted: Sequence[Network]) -> Hop | None:
    """The client behind the proxies. None: it is `peer` itself, or the proxies contradict each other."""
    if not _is_trusted(address(peer or ""), trusted):
        return None
    lists = [hops for hops in (_x_forwarded(headers), _forwarded(headers)) if hops]
    found = [_first_untrusted(hops, trusted) for hops in lists]
    if not found or len({hop.remote for hop in found}) > 1:
        # A proxy writes one kind and lets the other pass: of two that differ, one is the client's own invention.
        return None
    return Hop(
        found[0].remote,
        next((hop.scheme for hop in found if hop.scheme), None),
        next((hop.host for hop in found if hop.host), None),
    )


def address(text: str) -> Address | None:
    """An IP address as headers write it, with a port and in brackets or without; None where it is none."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    try:
        found = ip_address(match[match.lastindex or 0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _is_trusted(found: Address | None, trusted: Sequence[Network]) -> bool:
    return found is not None and any(found in network for network in trusted)


def _first_untrusted(hops: Sequence[Hop], trusted: Sequence[Network]) -> Hop:
    """`hops` from the nearest proxy outwards; those behind another count where the farther does not say."""
    scheme = host = None
    for hop in hops:
        scheme, host = hop.scheme or scheme, hop.host or host
        if not _is_trusted(hop.remote, trusted):
            return Hop(hop.remote, scheme, host)
    return Hop(hops[-1].remote, scheme, host)


def _x_forwarded(headers: Headers) -> list[Hop]:
    schemes, hosts = _values(headers, "X-Forwarded-Proto"), _values(headers, "X-Forwarded-Host")
    return [
        Hop(address(remote), _scheme(_same_hop(schemes, index)), _host(_same_hop(hosts, index)))
        for index, remote in enumerate(_values(headers, "X-Forwarded-For"))
    ]


def _same_hop(values: Sequence[str], index: int) -> str:
    """Most proxies replace these two headers instead of adding to them, so one value is meant for every hop."""
    return values[min(index, len(values) - 1)] if values else ""


def _forwarded(headers: Headers) -> list[Hop]:
    return [
        Hop(address(hop.get("for", "")), _scheme(hop.get("proto", "")), _host(hop.get("host", "")))
        for hop in map(_pairs, _values(headers, "Forwarded"))
    ]


def _pairs(element: str) -> Mapping[str, str]:
    """`for="[::1]:80";proto=https`; nothing of it is taken when any of it is malformed."""
    matches = [_PAIR.fullmatch(pair) for pair in element.split(";")]
    return {match[1].lower(): match[2].strip('"') for match in matches if match} if all(matches) else {}


def _values(headers: Headers, name: str) -> list[str]:
    """From the right, where the nearest proxy wrote. No comma stands in what any of these may say."""
    return list(islice(_from_the_right(headers, name), MOST_HOPS))


def _from_the_right(headers: Headers, name: str) -> Iterator[str]:
    for value in reversed(headers.getall(name, [])):
        yield from (part.strip() for part in reversed(value.split(",")))


def _scheme(text: str) -> str | None:
    return text.lower() if text.lower() in _SCHEMES else None


def _host(text: str) -> str | None:
    return text if _HOST.fullmatch(text) else None
