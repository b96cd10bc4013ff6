"""One canonical reading of a URL. Whatever two parsers could read in two ways is refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address
from urllib.parse import urljoin

from yarl import URL

from gateway.inputs.addresses import IPAddress, literal

LONGEST_URL = 8192
"""Characters; what servers commonly take in a request line."""
LONGEST_HOST = 253
"""Characters that the DNS takes."""
LARGEST_PORT = 65535


class Reason(StrEnum):
    """Why a URL was not fetched: the closed set for logs and metrics. Clients never learn which."""

    MALFORMED = "malformed"
    SCHEME = "scheme"
    PORT = "port"
    INWARD = "inward"
    OURSELVES = "ourselves"
    NOT_RESOLVED = "not_resolved"
    NOT_CONNECTED = "not_connected"
    TIMEOUT = "timeout"
    REDIRECTS = "redirects"
    STATUS = "status"
    ENCODED = "encoded"
    TOO_LARGE = "too_large"
    BROKEN = "broken"


class UrlRefused(Exception):
    """A URL that is not fetched, or whose fetch failed. `detail` is for the log."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class HttpUrl:
    """An http or https URL whose parts are those of the object that is dialled."""

    url: URL
    host: str
    """As it is looked up: ASCII, lower case, without brackets."""
    port: int
    address: IPAddress | None
    """Set when the host is an address, so that no name is looked up."""

    def __str__(self) -> str:
        return str(self.url)

    def follow(self, location: str) -> HttpUrl:
        """Where a redirect leads, read as strictly as what a client sends, but for being relative."""
        _refuse_characters(location)
        if _SCHEME.match(location):
            return parse(location)
        if location.startswith("//"):
            return parse(f"{self.url.scheme}:{location}")
        return parse(urljoin(str(self.url), location))


# The ASCII flag keeps letters such as the long s from matching in any case.
_FLAGS = re.ASCII | re.IGNORECASE
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", _FLAGS)
_HTTP_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-f:.]+\]|[^\[\]/?#@:%]+)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<rest>[/?][^#]*)?"
    r"(?:#.*)?",
    _FLAGS,
)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
# Such a host is a number to some resolver: 127.1, 0x7f000001, 017700000001.
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)", re.ASCII)
_IDN_LABEL = re.compile(r"xn--[a-z0-9-]+", re.ASCII)
_SENDABLE = re.compile(r"(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9a-f]{2})*", _FLAGS)


def parse(text: str) -> HttpUrl:
    """Read an absolute http or https URL; the fragment is dropped.

    Refused are user names, control and other invisible characters, white space, backslashes, percent signs
    and trailing dots in the host, and every spelling of an IPv4 address but the canonical one.
    Raises UrlRefused with MALFORMED or SCHEME.
    """
    _refuse_characters(text)
    match = _HTTP_URL.fullmatch(text)
    if match is None:
        raise _not_http(text)
    port = match["port"] or ""
    if port and int(port) > LARGEST_PORT:
        raise _malformed("port")
    rest = match["rest"] or "/"
    authority = _canonical_host(match["host"]) + (port and f":{port}")
    # Signed addresses break when they are quoted anew, so what can be sent is sent as it came.
    url = URL(f"{match['scheme'].lower()}://{authority}{rest}", encoded=is_sendable(rest))
    if url.raw_host is None or url.port is None:
        raise _malformed("authority")
    return HttpUrl(url, url.raw_host, url.port, literal(url.raw_host))


def is_sendable(text: str) -> bool:
    """Whether `text` can stand in a request line as it is."""
    return _SENDABLE.fullmatch(text) is not None


def _refuse_characters(text: str) -> None:
    if len(text) > LONGEST_URL:
        raise _malformed("length")
    if not text.isprintable() or " " in text or "\\" in text:
        raise _malformed("character")


def _not_http(text: str) -> UrlRefused:
    scheme = _SCHEME.match(text)
    if scheme and scheme[0].lower() not in {"http:", "https:"}:
        return UrlRefused(Reason.SCHEME, "neither http nor https")
    return _malformed("shape")


def _canonical_host(host: str) -> str:
    if host.startswith("["):
        return _canonical_ipv6(host[1:-1])
    name = ".".join(_ascii_label(label) for label in host.split("."))
    if len(name) > LONGEST_HOST or not _NAME.fullmatch(name):
        raise _malformed("host")
    if _ENDS_IN_NUMBER.fullmatch(name) and str(literal(name)) != host:
        raise _malformed("numeric host")
    return name


def _canonical_ipv6(text: str) -> str:
    address = literal(text)
    if not isinstance(address, IPv6Address):
        raise _malformed("IPv6 host")
    return f"[{address}]"


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label.lower()
    # Full-width and circled forms, and the digits of other scripts, are an address to some parsers only.
    if unicodedata.normalize("NFKC", label) != label or label.isdigit():
        raise _malformed("host not normalised")
    try:
        encoded = URL.build(scheme="http", host=label).raw_host or ""
    except ValueError:
        raise _malformed("host not encodable") from None
    if not _IDN_LABEL.fullmatch(encoded):
        raise _malformed("host changed by encoding")
    return encoded


def _malformed(what: str) -> UrlRefused:
    return UrlRefused(Reason.MALFORMED, what)
