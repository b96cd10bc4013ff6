"""Behind proxies: the right-most hop that is none of them is the client, whatever it writes itself."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address

import pytest
from multidict import CIMultiDict

from gateway.forwarding import Hop, address, client

TRUSTED = (IPv4Network("10.0.0.0/8"), IPv6Network("fd00::/8"))
FROM, PROTO, HOST = "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"


def told(*headers: tuple[str, str], peer: str = "10.0.0.1") -> Hop | None:
    return client(peer, CIMultiDict(headers), TRUSTED)


def remote(*headers: tuple[str, str], peer: str = "10.0.0.1") -> str | None:
    found = told(*headers, peer=peer)
    return str(found.remote) if found is not None else None


@pytest.mark.parametrize("peer", ["192.0.2.1", "::1", "", "unix"])
def test_whoever_is_no_proxy_is_not_believed(peer: str) -> None:
    assert told((FROM, "203.0.113.9"), (PROTO, "https"), peer=peer) is None


@pytest.mark.parametrize("peer", ["10.0.0.1", "::ffff:10.0.0.1", "fd00::1"])
def test_a_proxy_is_believed(peer: str) -> None:
    found = told((FROM, "203.0.113.9"), (PROTO, "https"), (HOST, "images.example:8443"), peer=peer)

    assert found == Hop(ip_address("203.0.113.9"), "https", "images.example:8443")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.3, 203.0.113.9, 10.9.9.9, fd00::2", "203.0.113.9"),
        ("10.0.0.4, 10.0.0.3", "10.0.0.4"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::9]:4711", "2001:db8::9"),
        ("2001:db8::9", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, unknown", "None"),
        ("203.0.113.9, ", "None"),
    ],
)
def test_only_the_right_most_untrusted_hop_counts(written: str, found: str) -> None:
    assert remote((FROM, written)) == found


def test_headers_that_stand_twice_are_one_list() -> None:
    assert remote((FROM, "1.1.1.1"), (FROM, "203.0.113.9")) == "203.0.113.9"


def test_what_a_client_wrote_in_front_of_a_proxys_words_is_not_taken() -> None:
    found = told((FROM, "1.1.1.1, 203.0.113.9"), (PROTO, "https, http"), (HOST, "evil.example, images.example"))

    assert found == Hop(ip_address("203.0.113.9"), "http", "images.example")


@pytest.mark.parametrize(
    "written",
    [
        "for=203.0.113.9;proto=https;host=images.example",
        'For="203.0.113.9:80"; Proto=HTTPS; Host="images.example"',
        "for=1.1.1.1;proto=http, for=203.0.113.9;proto=https;host=images.example",
        "for=203.0.113.9;proto=https;host=images.example, for=10.0.0.2;proto=http",
    ],
)
def test_the_standard_header_says_the_same(written: str) -> None:
    assert told(("Forwarded", written)) == Hop(ip_address("203.0.113.9"), "https", "images.example")


@pytest.mark.parametrize("written", ["for=203.0.113.9;", "for=203.0.113.9 proto=https", 'for="203.0.113.9', "_secret"])
def test_a_malformed_hop_tells_nothing(written: str) -> None:
    assert told(("Forwarded", written)) == Hop(None)


def test_two_headers_that_contradict_each_other_tell_nothing() -> None:
    assert told((FROM, "203.0.113.9"), ("Forwarded", "for=1.1.1.1;proto=https")) is None


def test_two_headers_that_agree_complete_each_other() -> None:
    found = told((FROM, "203.0.113.9"), ("Forwarded", "for=203.0.113.9;proto=https"))

    assert found == Hop(ip_address("203.0.113.9"), "https")


@pytest.mark.parametrize("scheme", ["ftp", "javascript", "", "https:"])
def test_no_other_scheme_is_taken(scheme: str) -> None:
    found = told((FROM, "203.0.113.9"), (PROTO, scheme))

    assert found is not None
    assert found.scheme is None


@pytest.mark.parametrize("host", ["a b", "a/b", "a@b", "", "<script>", "a:b", "x" * 300])
def test_what_is_no_host_is_not_taken(host: str) -> None:
    found = told((FROM, "203.0.113.9"), (HOST, host))

    assert found is not None
    assert found.host is None


def test_endless_hops_cost_little_and_end() -> None:
    assert remote((FROM, "203.0.113.9, " + "10.0.0.1, " * 200 + "10.0.0.1")) == "10.0.0.1"


@pytest.mark.parametrize(
    "text", ["", "10.0.0", "010.0.0.1", "1", "0x7f000001", "[::1", "::1]", "fe80::1%eth0", "[::1]:", "a.example"]
)
def test_what_is_no_address(text: str) -> None:
    assert address(text) is None
