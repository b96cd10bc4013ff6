"""HTTP without an event loop, for tests that block."""

from __future__ import annotations

import http.client
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from yarl import URL

_NONE: Mapping[str, str] = MappingProxyType({})


class Reply(NamedTuple):
    status: int
    body: bytes


def send(address: str, method: str, path: str, headers: Mapping[str, str] = _NONE, body: bytes = b"") -> Reply:
    """One request on a connection of its own; `path` is written as it is."""
    url = URL(address)
    connection = http.client.HTTPConnection(url.host or "", url.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            connection.putheader(name, value.encode("utf-8", "surrogatepass"))
        connection.endheaders(body)
        response = connection.getresponse()
        return Reply(response.status, response.read())
    finally:
        connection.close()


def send_in_chunks(address: str, path: str, headers: Mapping[str, str], pieces: Iterable[bytes]) -> Reply:
    """POST a body whose length nobody says before; each piece is a chunk of its own."""
    url = URL(address)
    connection = http.client.HTTPConnection(url.host or "", url.port, timeout=10)
    try:
        plain = {name: value.encode("utf-8", "surrogatepass") for name, value in headers.items()}
        connection.request("POST", path, iter(pieces), {**plain, "Transfer-Encoding": "chunked"}, encode_chunked=True)
        response = connection.getresponse()
        return Reply(response.status, response.read())
    finally:
        connection.close()


def fetch(url: str) -> bytes:
    """The body of a URL that must answer 200."""
    reply = send(url, "GET", URL(url).raw_path_qs)
    assert reply.status == 200, reply
    return reply.body
