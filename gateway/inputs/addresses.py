"""Which IP addresses are inward: this machine, its networks, its platform, and whatever is no public host."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

IPAddress: TypeAlias = IPv4Address | IPv6Address
_Networks: TypeAlias = tuple[IPv4Network | IPv6Network, ...]


def _networks(*blocks: str) -> _Networks:
    return tuple(ip_network(block) for block in blocks)


_PRIVATE = _networks(
    "10.0.0.0/8",
    "100.64.0.0/10",  # shared address space: carriers, and the overlay networks that borrow it
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
)
"""What an operator may open to the fetch."""

_PLATFORM = _networks(
    "100.96.0.96/32",  # Volcano Engine metadata
    "100.100.100.200/32",  # Alibaba Cloud metadata
    "168.63.129.16/32",  # Azure host agent: a public range, answered by the hypervisor
    "fd00:42::42/128",  # Scaleway metadata
    "fd00:100::100:200/128",  # Alibaba Cloud metadata
    "fd00:a9fe:a9fe::1/128",  # Akamai metadata
    "fd00:c1::a9fe:a9fe/128",  # Oracle Cloud metadata
    "fd00:ec2::/32",  # AWS: metadata, pod identity, DNS, time
    "fd20:ce::254/128",  # Google Cloud metadata
)
"""Services of a cloud that hand out credentials, where no range below holds them or a private one does."""

# The IANA registries of special-purpose addresses, also where they call a block globally reachable: an
# anycast service may be answered from within the network that we are in, and no picture lives there.
_SPECIAL = _networks(
    "0.0.0.0/8",
    "169.254.0.0/16",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
)

# Everything outside is unassigned, local, multicast, or one of the old ways to write an IPv4 address (mapped,
# compatible, translated, the NAT64 prefix of a single network).
_GLOBAL_UNICAST = ip_network("2000::/3")

# The one transition prefix that real answers hold: a network without IPv4 is given it by its name server for
# every host that has no IPv6.
_NAT64 = ip_network("64:ff9b::/96")

# The last 64 bits of an ISATAP address begin so, with the universal and the group bit free.
_ISATAP_MARK = 0x00005EFE
_ISATAP_MASK = 0xFCFFFFFF


def literal(text: str) -> IPAddress | None:
    """The address that `text` spells, None for anything else, such as a name."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def carried(address: IPAddress) -> IPAddress:
    """The IPv4 host that is reached behind a well-known NAT64 address; any other address as it is."""
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address


def is_inward(address: IPAddress) -> bool:
    """Whether `address` is anything but a public unicast host.

    Forms that wrap an IPv4 address are inward whatever they wrap, but for NAT64, which is what it carries.
    Explicit ranges decide: `is_global` differs between patch releases of Python, so it may only add.
    """
    if _is_scoped(address):
        return True
    host = carried(address)
    if isinstance(host, IPv6Address) and (host not in _GLOBAL_UNICAST or _is_isatap(host)):
        return True
    return not host.is_global or _within(host, _PRIVATE) or _within(host, _PLATFORM) or _within(host, _SPECIAL)


def is_private(address: IPAddress) -> bool:
    """Whether `address` is inward and still an operator's to open: loopback, private, shared, unique local.

    Metadata services inside those ranges are not.
    """
    host = carried(address)
    return not _is_scoped(address) and _within(host, _PRIVATE) and not _within(host, _PLATFORM)


def is_this_machine(address: IPAddress) -> bool:
    """Whether a packet to `address` would never leave this machine, by the routing table. Nothing is sent."""
    return address.is_loopback or _is_its_own_source(address)


def _is_its_own_source(address: IPAddress) -> bool:
    # The kernel answers a local address from that same address. Connecting a datagram socket sends nothing.
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))
            source: str = probe.getsockname()[0]
    except OSError:  # no route, or no such family on this machine
        return False
    return literal(source) == address


def _is_scoped(address: IPAddress) -> bool:
    return isinstance(address, IPv6Address) and address.scope_id is not None


def _is_isatap(address: IPv6Address) -> bool:
    return int(address) >> 32 & _ISATAP_MASK == _ISATAP_MARK


def _within(address: IPAddress, networks: _Networks) -> bool:
    return any(address in network for network in networks)
