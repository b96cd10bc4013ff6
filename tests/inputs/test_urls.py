"""One reading of a URL, or none (S1, S6)."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.inputs.urls import HttpUrl, Reason, UrlRefused, parse

TAKEN = [
    ("http://example.com", "http://example.com/", "example.com", 80),
    ("HTTPS://Example.COM/Cat.png", "https://example.com/Cat.png", "example.com", 443),
    ("http://example.com?x=1", "http://example.com/?x=1", "example.com", 80),
    ("http://example.com:8080/a#top", "http://example.com:8080/a", "example.com", 8080),
    ("https://example.com/#@evil.example/", "https://example.com/", "example.com", 443),
    (
        "https://example.com/a@b:c//d?u=http://x",
        "https://example.com/a@b:c//d?u=http://x",
        "example.com",
        443,
    ),
    ("https://my_bucket.s3.example/k", "https://my_bucket.s3.example/k", "my_bucket.s3.example", 443),
    ("https://93.184.216.34/", "https://93.184.216.34/", "93.184.216.34", 443),
    ("https://[2606:4700:0:0::1111]/", "https://[2606:4700::1111]/", "2606:4700::1111", 443),
    ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC", "xn--bcher-kva.example", 80),
    ("http://faß.example/", "http://xn--fa-hia.example/", "xn--fa-hia.example", 80),
    ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/", "xn--bcher-kva.example", 80),
    ("http://4chan.example/1", "http://4chan.example/1", "4chan.example", 80),
    ("http://1.2.3.example/", "http://1.2.3.example/", "1.2.3.example", 80),
]

SCHEMES = """
    file:///etc/passwd file://localhost/etc/passwd ftp://example.com/a gopher://127.0.0.1:6379/_INFO
    dict://127.0.0.1:11211/stats ws://example.com/ wss://example.com/ unix:///var/run/docker.sock
    http+unix://%2Fvar%2Frun%2Fdocker.sock/info s3://bucket/key gs://bucket/key data:image/png;base64,AAAA
    javascript:alert(1) ldap://127.0.0.1/ tftp://127.0.0.1/x jar:http://example.com!/ netdoc:///etc/passwd
    view-source:http://example.com/ blob:http://example.com/1 about:blank httpx://example.com/ example.com:80/
"""

MISSHAPEN = [
    "",
    "example.com",
    "/etc/passwd",
    "//example.com/cat.png",
    "///example.com/",
    "http:",
    "http:/",
    "http://",
    "http:///",
    "http:///example.com/",
    "http:/example.com/",
    "http:example.com",
    "http:?x",
    "http://?x",
    "http://#x",
    "http://:80/",
    "http://@/",
    "http://user@example.com/",
    "http://user:secret@example.com/",
    "http://:@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1@example.com/",
    "http://example.com#@127.0.0.1@/\\",
    "http://example.com\\@127.0.0.1/",
    "http:\\\\example.com\\",
    "http://example.com\\.evil.example/",
    "http://example.com/a\\b",
    " http://example.com/",
    "http://example.com/ ",
    "http://example.com/a b",
    "http:// example.com/",
    "http://exam ple.com/",
    "ht\ntp://example.com/",
    "http://exam\tple.com/",
    "http://example.com/\r\nHost: 127.0.0.1",
    "http://example.com/\x00",
    "http://127.0.0.1\x00.example.com/",
    "http://example.com/\x7f",
    "http://example.com/\u00a0",
    "http://example.com/\u2028",
    "http://exa\u200bmple.com/",
    "http://exa\u00admple.com/",
    "http://example.com/\u202egnp.tac",
    "http://example.com/\ud800",
    "\ufeffhttp://example.com/",
    "http://%31%32%37.0.0.1/",
    "http://127.0.0.1%2f@example.com/",
    "http://example%2ecom/",
    "http://example.com%00.evil.example/",
    "http://[::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[::1/",
    "http://::1/",
    "http://::1]/",
    "http://[]/",
    "http://[::1]evil.example/",
    "http://evil.example[::1]/",
    "http://[::1][::2]/",
    "http://[127.0.0.1]/",
    "http://[v1.fe80::a]/",
    "http://[1:2:3]/",
    "http://[::ffff:127.0.0.01]/",
    "http://example.com:/",
    "http://example.com:0/",
    "http://example.com:080/",
    "http://example.com:+80/",
    "http://example.com:8_0/",
    "http://example.com:\u0668\u0660/",
    "http://example.com:65536/",
    "http://example.com:123456/",
    "http://example.com:80:80/",
    "http://example.com:80evil/",
    "http://example.com./",
    "http://.example.com/",
    "http://example..com/",
    "http://-example.com/",
    "http://example-.com/",
    "http://exa$mple.com/",
    "http://exa*mple.com/",
    "http://a,b.example/",
    f"http://{'a' * 64}.example/",
    f"http://{'a.' * 127}example/",
    "http://ｅxample.com/",  # noqa: RUF001 - full width
    "http://example。com/",
    "http://exa\u0301mple.com/",
    "http://ｘn--bcher-kva.example/",  # noqa: RUF001 - full width
    "http://example.com℀evil.example/",
    "httpſ://example.com/",  # noqa: RUF001 - a long s
    "http://example.com/" + "a" * 8192,
]

NUMERIC = """
    0 1 127.1 127.0.1 2130706433 0x7f000001 0X7F000001 0x7f.1 0x7f.0.0.1 0x7f.0x0.0x0.0x1 0177.1 0177.0.0.1
    0177.0000.0000.0001 017700000001 00000177.0.0.1 127.0.0.01 127.000.000.001 127.0.0.1. 127.0.0.256
    127.0.0.0x1
    1.2.3.4.5 256.1.1.1 4294967295 4294967296 99999999999 example.0x example.127 0x 0x7f000001.
    ①②⑦.⓪.⓪.① ①②⑦.0.0.1 １２７.０.０.１ １２７。0。0。1 127。0。0。1 127．0．0．1 127｡0｡0｡1
    ¹²⁷.0.0.1 𝟏𝟐𝟕.𝟎.𝟎.𝟏 𝟙𝟚𝟟.1
    ٢١٣٠٧٠٦٤٣٣ ١٢٧.٠.٠.١ १२७.०.०.१ ⒈⒉⒊⒋ ２130706433 0ｘ7f.1 ü.0x7f ü.1
"""  # noqa: RUF001 - look-alike digits are the point


def _reason(text: str) -> Reason | None:
    try:
        parse(text)
    except UrlRefused as refusal:
        return refusal.reason
    return None


@pytest.mark.parametrize(("text", "canonical", "host", "port"), TAKEN, ids=[row[0] for row in TAKEN])
def test_a_good_url_is_read_in_one_way(text: str, canonical: str, host: str, port: int) -> None:
    url = parse(text)
    assert (str(url), url.host, url.port) == (canonical, host, port)


@pytest.mark.parametrize("text", SCHEMES.split())
def test_s7_only_two_schemes_exist(text: str) -> None:
    assert _reason(text) is Reason.SCHEME


@pytest.mark.parametrize("text", MISSHAPEN, ids=ascii)
def test_s6_what_parsers_disagree_about_is_refused(text: str) -> None:
    assert _reason(text) is Reason.MALFORMED


@pytest.mark.parametrize("host", NUMERIC.split(), ids=ascii)
def test_s1_a_numeric_host_is_canonical_or_refused(host: str) -> None:
    assert _reason(f"http://{host}/") is Reason.MALFORMED


def test_s1_a_canonical_address_is_found_in_the_url() -> None:
    assert parse("http://127.0.0.1/").address == ip_address("127.0.0.1")
    assert parse("http://[0:0:0:0:0:FFFF:127.0.0.1]/").address == ip_address("::ffff:127.0.0.1")
    assert parse("http://localhost/").address is None


def test_what_can_be_sent_is_sent_as_it_was_signed() -> None:
    signed = "/a%2Fb/~c?key=AKIA%2F2026%2b+x&to=a/b?c&empty=&sig=%7E"
    assert parse(f"https://example.com{signed}").url.raw_path_qs == signed


@pytest.mark.parametrize(("rest", "sent"), [("/ü|%zz", "/%C3%BC%7C%25zz"), ('/"<>?`{}^', "/%22%3C%3E?%60%7B%7D%5E")])
def test_what_cannot_be_sent_is_quoted(rest: str, sent: str) -> None:
    assert parse(f"https://example.com{rest}").url.raw_path_qs == sent


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://other.example/b", "https://other.example/b"),
        ("//other.example/b", "http://other.example/b"),
        ("/b%2Fc?y", "http://example.com/b%2Fc?y"),
        ("b", "http://example.com/a%3Fa/b"),
        ("../../../b", "http://example.com/b"),
        ("?y=1", "http://example.com/a%3Fa/a.png?y=1"),
        ("#top", "http://example.com/a%3Fa/a.png?x=1"),
        (".//127.0.0.1/b", "http://example.com/a%3Fa/127.0.0.1/b"),
    ],
)
def test_s5_a_redirect_may_be_relative(location: str, target: str) -> None:
    assert str(parse("http://example.com/a%3Fa/a.png?x=1").follow(location)) == target


@pytest.mark.parametrize(
    "location",
    [
        "http:127.0.0.1",
        "http:/127.0.0.1",
        "http:///127.0.0.1/",
        "///127.0.0.1/",
        "////127.0.0.1/",
        "//user@127.0.0.1/",
        "//127.1/",
        "/\\127.0.0.1/",
        "\\\\127.0.0.1\\",
        "/\t/127.0.0.1/",
        "http://\t127.0.0.1/",
        "/a b",
        "\udcff",
    ],
    ids=ascii,
)
def test_s5_a_redirect_is_read_as_strictly_as_a_first_url(location: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        parse("http://example.com/a").follow(location)
    assert refused.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("location", ["file:///etc/passwd", "data:image/png,x", "ftp://example.com/", "cat:1.png"])
def test_s7_a_redirect_has_the_same_two_schemes(location: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        parse("http://example.com/a").follow(location)
    assert refused.value.reason is Reason.SCHEME


PIECES = st.sampled_from(
    [*"aZ0.:/?#@%[]\\-_ xn\uff11\u2460\u3002\u00fc\t", "http://", "https:", "127.0.0.1", "[::1]", "xn--"]
)


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=12).map("".join)).map(lambda text: f"http://{text}"))
@example("http://xn--a.example/")
def test_s6_whatever_is_taken_reads_the_same_a_second_time(text: str) -> None:
    try:
        url = parse(text)
    except UrlRefused:
        return
    again = parse(str(url))
    assert (again.host, again.port, again.address) == (url.host, url.port, url.address)
    assert again.url.raw_path_qs == url.url.raw_path_qs
    assert isinstance(url, HttpUrl)
    assert (url.url.raw_host, url.url.user) == (url.host, None)
    assert url.host.isascii()
