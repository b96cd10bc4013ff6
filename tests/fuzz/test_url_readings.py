"""However a URL is spelled: refused, or what is dialled is public and what every parser reads (S1 to S7)."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from hypothesis import strategies as st
from support.effort import Effort
from yarl import URL

from gateway.inputs.egress import FetchRules, checked_socket
from gateway.inputs.urls import HttpUrl, UrlRefused, parse

V4 = st.one_of(
    st.integers(0, 2**32 - 1),
    st.sampled_from(["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.100.100.200", "192.168.1.1", "93.184.216.34"]),
    st.sampled_from(["0.0.0.0", "255.255.255.255", "172.16.0.1", "224.0.0.1", "198.18.0.1", "192.88.99.1", "1.1.1.1"]),  # noqa: S104 - none is bound
).map(IPv4Address)
PREFIXES = st.sampled_from(
    ["::", "::ffff:0:0", "64:ff9b::", "64:ff9b:1::", "2002::", "fe80::5efe:0:0", "2001:db8::5efe:0:0"]
)
V6 = st.one_of(
    st.integers(0, 2**128 - 1),
    st.builds(lambda prefix, inner: int(IPv6Address(prefix)) | int(inner), PREFIXES, V4),
    V4.map(lambda inner: 0x2002 << 112 | int(inner) << 80),
    st.sampled_from(["::1", "::", "fd00:ec2::254", "fe80::1", "ff02::1", "2606:4700::1111", "2001::1"]).map(
        lambda text: int(IPv6Address(text))
    ),
).map(IPv6Address)


@st.composite
def v4_spelled(draw: st.DrawFn) -> str:
    """As `inet_aton` reads it: one to four numbers, each in one of three bases, with zeros before it."""
    number, parts = int(draw(V4)), draw(st.integers(1, 4))
    values = [number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255][: parts - 1]
    values.append(number & (1 << 8 * (5 - parts)) - 1)
    forms = st.sampled_from(["{}", "{:#x}", "0{:o}", "{:#X}", "00{}", "0x00{:x}"])
    return ".".join(draw(forms).format(value) for value in values) + draw(st.sampled_from(["", "", ".", ".."]))


@st.composite
def v6_spelled(draw: st.DrawFn) -> str:
    address = draw(V6)
    dotted = (
        f"{IPv6Address(int(address) >> 32 << 32)}".removesuffix("::") + f"::{IPv4Address(int(address) & 0xFFFFFFFF)}"
    )
    text = draw(
        st.sampled_from(
            [str(address), address.exploded, str(address).upper(), dotted, f"{address}%25eth0", f"{address}%1"]
        )
    )
    return draw(st.sampled_from(["[{}]"] * 4 + ["{}", "[{}", "[[{}]]", "[{}]."])).format(text)


LOOK_ALIKES = str.maketrans("0123456789.", "\uff10\u2461\u00b2\u0663\U0001d7d2\uff15\u2479\u096d\u2467\uff19\u3002")
HOSTS = st.one_of(
    v4_spelled(),
    v4_spelled().map(lambda text: text.translate(LOOK_ALIKES)),
    v6_spelled(),
    st.sampled_from(
        ["localhost", "LOCALHOST", "a.example", "xn--a.example", "b\u00fccher.example", "a.example.", "\u24d0.example"]
    ),
    st.text(max_size=12),
)
FRAMES = st.sampled_from(
    ["http://{}/"] * 6
    + [
        "https://{}",
        "HTTP://{}:80/a",
        "http://{}:443?x",
        "http://{}#x",
        "http://{}:0080/",
        "http://a@{}/",
        "http://{}@b/",
    ]
    + [
        "http:/{}/",
        "http:///{}/",
        "//{}/",
        "http:\\\\{}\\",
        "http://{}\\@b/",
        "http://{}%00.b/",
        "http://{}%2f@b/",
        "http://{}\t/",
    ]
    + [
        "http://{}:80:80/",
        "http:{}",
        "ftp://{}/",
        "http://{}/../..//[::1]",
        " http://{}/",
        "http://{}\u2028/",
        "http://{}:{}/",
    ]
)
URLS = st.builds(lambda frame, host: frame.replace("{}", host), FRAMES, HOSTS)
RULES = FetchRules()


def test_what_is_dialled_is_public(effort: Effort) -> None:
    def holds(text: str) -> None:
        url = taken(text)
        if url is not None and url.address is not None:
            assert url.address.is_global
            assert not url.address.is_multicast
            assert ip_address(url.host) == url.address

    effort.check(120, holds, text=URLS)


def test_every_parser_reads_the_host_that_was_checked(effort: Effort) -> None:
    def holds(text: str) -> None:
        url = taken(text)
        if url is None:
            return
        split = urlsplit(str(url))
        assert (split.hostname, split.username, split.port or url.url.port) == (url.host, None, url.port)
        assert (URL(str(url)).raw_host, url.url.raw_host) == (url.host, url.host)
        if url.host.isascii() and text.isascii():
            read = urlsplit(text).hostname
            assert read is not None
            assert (read if url.address is None else ip_address(read)) == (url.address or url.host)

    effort.check(120, holds, text=URLS)


def test_no_name_is_a_number_to_the_resolver(effort: Effort) -> None:
    """What is taken for a name is one for the C library too, which would dial a number without asking anybody."""

    def holds(text: str) -> None:
        url = taken(text)
        if url is None or url.address is not None:
            return
        try:
            socket.getaddrinfo(url.host, 80, flags=socket.AI_NUMERICHOST)
        except socket.gaierror:
            return
        raise AssertionError(url.host)

    effort.check(120, holds, text=URLS)


def test_the_socket_is_only_made_for_a_public_address(effort: Effort) -> None:
    """The last look, at what a resolver answered."""

    def holds(address: IPv4Address | IPv6Address) -> None:
        family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
        try:
            checked_socket(RULES, (family, socket.SOCK_STREAM, 0, "", (str(address), 80))).close()
        except UrlRefused:
            return
        inner = IPv4Address(int(address) & 0xFFFFFFFF) if str(address).startswith("64:ff9b::") else address
        assert inner.is_global
        assert not inner.is_multicast

    effort.check(80, holds, address=V4 | V6)


def test_a_redirect_leads_nowhere_that_a_first_url_could_not(effort: Effort) -> None:
    start = parse("http://a.example/b/c?d")

    def holds(location: str) -> None:
        try:
            url = start.follow(location)
            RULES.check_url(url)
        except UrlRefused:
            return
        again = taken(str(url))
        assert again is not None
        assert (again.host, again.port, again.address) == (url.host, url.port, url.address)

    relative = st.text("/.\\?#@:a%[]\t", max_size=12)
    effort.check(80, holds, location=URLS | relative | HOSTS.map("//{}".format))


def taken(text: str) -> HttpUrl | None:
    try:
        url = parse(text)
        RULES.check_url(url)
    except UrlRefused:
        return None
    return url
