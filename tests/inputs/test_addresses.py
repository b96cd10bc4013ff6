"""Which addresses are inward (S2)."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import pytest

from gateway.inputs import addresses
from gateway.inputs.addresses import carried, is_inward, is_private, is_this_machine, literal

# The two IANA registries of special-purpose addresses, and what older standards set apart.
REGISTRY_TEXT = """
    0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24
    192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15
    198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32
    ::/128 ::1/128 ::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64
    2001::/23 2001::/32 2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48
    2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16
    fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""
REGISTRY = [ip_network(block) for block in REGISTRY_TEXT.split()]
UNASSIGNED = [ip_network("::/3"), ip_network("4000::/2"), ip_network("8000::/1")]

EMBEDDED = """
    ::ffff:{0} ::{0} ::ffff:0:{0} 64:ff9b::{0} 64:ff9b:1::{0} 2002:{1}:: 2002:{1}::1 2001:0:{1}::1
    2001:0:808:808:0:0:{2} 2606:4700::5efe:{0} 2606:4700::200:5efe:{0} 2606:4700::300:5efe:{0}
"""

METADATA = """
    169.254.169.254 169.254.170.2 169.254.42.42 169.254.0.23 168.63.129.16 100.100.100.200 100.96.0.96
    192.0.0.192 fe80::a9fe:a9fe fd00:ec2::254 fd00:ec2::23 fd00:ec2::253 fd20:ce::254 fd00:c1::a9fe:a9fe
    fd00:42::42 fd00:a9fe:a9fe::1 fd00:100::100:200
"""

PUBLIC = """
    1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15
    168.63.129.17 172.15.255.255 172.32.0.0 223.255.255.255 2001:200:: 2001:4860:4860::8888
    2606:4700:4700::1111 2a00:1450:4001::200e 3ffe:ffff:: 64:ff9b::8.8.8.8 64:ff9b::93.184.216.34
"""


OTHER = """
    0.0.0.0 :: 169.254.1.1 192.0.0.1 224.0.0.1 255.255.255.255 fe80::1 fec0::1 ff02::1 2001:db8::1 8.8.8.8
"""
INWARD_IPV4 = "127.0.0.1 10.0.0.1 192.168.1.1 169.254.169.254 0.0.0.0"


def _hexadecimal(ipv4: str, mask: int = 0) -> str:
    digits = f"{int(ip_address(ipv4)) ^ mask:08x}"
    return f"{digits[:4]}:{digits[4:]}"


@pytest.mark.parametrize("block", REGISTRY, ids=str)
def test_s2_every_special_block_is_inward_to_its_edges(block: IPv4Network | IPv6Network) -> None:
    middle = block.network_address + block.num_addresses // 2
    assert all(is_inward(address) for address in (block[0], middle, block[-1]))


@pytest.mark.parametrize("block", REGISTRY, ids=str)
def test_s2_a_block_ends_where_it_ends(block: IPv4Network | IPv6Network) -> None:
    first, last = int(block[0]), int(block[-1])
    top = 2**block.max_prefixlen
    neighbours = [type(block[0])(number) for number in (first - 1, last + 1) if 0 <= number < top]
    for neighbour in neighbours:
        special = any(neighbour in other for other in [*REGISTRY, *UNASSIGNED])
        assert is_inward(neighbour) == special, neighbour


@pytest.mark.parametrize("text", PUBLIC.split())
def test_s2_public_hosts_are_not_inward(text: str) -> None:
    assert not is_inward(ip_address(text))


@pytest.mark.parametrize("form", EMBEDDED.split())
@pytest.mark.parametrize("ipv4", INWARD_IPV4.split())
def test_s2_an_inward_ipv4_address_is_found_in_every_wrapping(form: str, ipv4: str) -> None:
    text = form.format(ipv4, _hexadecimal(ipv4), _hexadecimal(ipv4, mask=0xFFFFFFFF))
    assert is_inward(ip_address(text)), text


def test_s2_only_nat64_is_open_to_a_public_ipv4_address() -> None:
    wrapped = {form.format("8.8.8.8", "808:808", "f7f7:f7f7") for form in EMBEDDED.split()}
    assert {text for text in wrapped if not is_inward(ip_address(text))} == {"64:ff9b::8.8.8.8"}


@pytest.mark.parametrize("text", ["fe80::1%eth0", "2606:4700::1%eth0", "64:ff9b::8.8.8.8%1", "fd12::1%2"])
def test_s2_an_address_with_a_zone_is_inward_and_never_opened(text: str) -> None:
    assert is_inward(ip_address(text))
    assert not is_private(ip_address(text))


@pytest.mark.parametrize("text", METADATA.split())
def test_metadata_services_are_inward_and_never_opened(text: str) -> None:
    assert is_inward(ip_address(text))
    assert not is_private(ip_address(text))


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "10.1.2.3", "100.64.0.1", "172.31.255.255", "192.168.0.1", "::1", "fd12:3456::1"]
)
def test_private_addresses_are_an_operators_to_open(text: str) -> None:
    assert is_inward(ip_address(text))
    assert is_private(ip_address(text))


@pytest.mark.parametrize("text", OTHER.split())
def test_other_addresses_are_not(text: str) -> None:
    assert not is_private(ip_address(text))


def test_the_ranges_do_not_rest_on_what_python_calls_global(monkeypatch: pytest.MonkeyPatch) -> None:
    for family in ("IPv4Address", "IPv6Address"):
        monkeypatch.setattr(f"ipaddress.{family}.is_global", property(lambda _self: True))
    assert [str(block) for block in REGISTRY if not is_inward(block[0])] == []


def test_what_python_comes_to_call_special_is_inward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ipaddress.IPv4Address.is_global", property(lambda _self: False))
    assert is_inward(ip_address("8.8.8.8"))


def test_only_nat64_carries_another_address() -> None:
    assert carried(ip_address("64:ff9b::a00:1")) == ip_address("10.0.0.1")
    assert carried(ip_address("64:ff9b:1::a00:1")) == ip_address("64:ff9b:1::a00:1")
    assert carried(ip_address("10.0.0.1")) == ip_address("10.0.0.1")


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f000001", "127.0.0.01", "[::1]", "1.2.3.4 "])
def test_a_literal_is_a_canonical_address_or_nothing(text: str) -> None:
    assert literal(text) is None


@pytest.mark.parametrize("text", ["127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_is_this_machine(text: str) -> None:
    assert is_this_machine(ip_address(text))


def test_the_routing_table_knows_this_machine() -> None:
    assert addresses._is_its_own_source(ip_address("127.0.0.1"))
    assert not addresses._is_its_own_source(ip_address("198.51.100.7"))
    assert not addresses._is_its_own_source(ip_address("2001:db8::7"))
