"""What the HTTP parser refuses is answered in the error shape too, and nothing of it is echoed."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway
from support.raw_http import exchange

CANARY = b"canary-7f3a"
HOST = b"Host: localhost\r\n"
CLOSE = b"Connection: close\r\n\r\n"

MALFORMED = {
    "a header without a colon": b"GET /v1/models HTTP/1.1\r\n" + HOST + CANARY + b"\r\n\r\n",
    "a blank in a header name": b"GET /v1/models HTTP/1.1\r\n" + HOST + CANARY + b" a: b\r\n\r\n",
    "a folded header": b"GET /v1/models HTTP/1.1\r\n" + HOST + b"A: b\r\n " + CANARY + b"\r\n\r\n",
    "a NUL in a header": b"GET /v1/models HTTP/1.1\r\n" + HOST + b"A: \0" + CANARY + b"\r\n\r\n",
    "a version that is none": b"GET /v1/models HTTP/9.x" + CANARY + b"\r\n\r\n",
    "a method that is no token": b"G{T} /v1/models?" + CANARY + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00" + CANARY + b"\r\n\r\n",
    "a header that is too long": b"GET /v1/models HTTP/1.1\r\n" + HOST + b"A: " + CANARY * 1000 + b"\r\n\r\n",
    "two lengths": b"POST /v1/images/edits HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
    "length and chunks": b"POST /v1/images/edits HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length that is no number": b"POST /v1/images/edits HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: "
    + CANARY
    + b"\r\n\r\n",
    "an unknown transfer": b"POST /v1/images/edits HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: " + CANARY + b"\r\n\r\n",
    "a chunk that is no number": b"POST /v1/images/edits HTTP/1.1\r\n"
    + HOST
    + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    + CANARY
    + b"\r\n\r\n",
}


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


@pytest.mark.parametrize("kind", MALFORMED)
async def test_malformed_http_is_400_without_an_echo(gateway: Gateway, kind: str) -> None:
    answer = await exchange(gateway.address, MALFORMED[kind])

    assert answer.status == 400
    assert error_in(answer.json())["type"] == "invalid_request_error"
    assert answer.headers["Content-Type"].startswith("application/json")
    assert CANARY not in answer.body
    assert CANARY.decode() not in answer.reason
    assert "Server" not in answer.headers
    assert answer.headers["X-Request-ID"]


@pytest.mark.parametrize("path", ["/v1/images/generations?prompt=", "/images/", "/"])
async def test_a_request_line_beyond_64_kib_is_414(gateway: Gateway, path: str) -> None:
    answer = await exchange(gateway.address, f"GET {path}{'a' * 70_000} HTTP/1.1\r\n".encode() + HOST + b"\r\n")

    error = error_in(answer.json())
    assert (answer.status, error["type"]) == (414, "invalid_request_error")
    assert "POST" in str(error["message"])
    assert b"aaaa" not in answer.body


async def test_a_long_prompt_still_fits_the_request_line(gateway: Gateway) -> None:
    line = f"GET /v1/images/generations?prompt={'%F0%9F%8D%8C' * 4096} HTTP/1.1\r\n"

    answer = await exchange(gateway.address, line.encode() + HOST + CLOSE)

    assert answer.status == 200


async def test_too_many_headers_are_refused(gateway: Gateway) -> None:
    headers = b"".join(b"A%d: b\r\n" % index for index in range(300))

    answer = await exchange(gateway.address, b"GET /v1/models HTTP/1.1\r\n" + HOST + headers + CLOSE)

    assert answer.status == 400
    assert error_in(answer.json())["type"] == "invalid_request_error"


async def test_one_request_gets_one_answer(gateway: Gateway) -> None:
    """A body smuggled behind another must not be read as a request of its own."""
    hidden = b"GET /v1/models HTTP/1.1\r\n" + HOST + b"\r\n"
    length = b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(hidden))

    answer = await exchange(gateway.address, b"POST /v1/images/edits HTTP/1.1\r\n" + HOST + length + hidden)

    assert answer.status == 400
    assert b"HTTP/1.1" not in answer.body


@pytest.mark.parametrize(
    "host", [b"", b"Host: \r\n", b"Host: a b\r\n", b"Host: [::1\r\n", b"Host: x:99999999\r\n", b"Host: \xff\r\n"]
)
@pytest.mark.parametrize("origin", [b"", b"Origin: http://a.example\r\n"])
async def test_an_odd_host_makes_no_fault_of_ours(gateway: Gateway, host: bytes, origin: bytes) -> None:
    body = b'{"image": "http://x/images/a.png"}'
    head = b"POST /v1/images/upscale HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body)

    answer = await exchange(gateway.address, head + host + origin + CLOSE + body)

    assert 400 <= answer.status < 500
    assert error_in(answer.json())["type"] == "invalid_request_error"


async def test_a_body_that_ends_early_is_no_fault_of_ours(gateway: Gateway) -> None:
    chunks = b'Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n5\r\n{"pro\r\nZZ\r\n'

    answer = await exchange(gateway.address, b"POST /v1/images/generations HTTP/1.1\r\n" + HOST + chunks)

    assert answer.status == 400
    assert error_in(answer.json())["type"] == "invalid_request_error"


async def test_a_client_that_asks_before_it_sends_is_told_to_go_on(gateway: Gateway) -> None:
    body = b'{"prompt": "a hill"}'
    head = b"POST /v1/images/generations HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(
        body
    )

    answer = await exchange(gateway.address, head + HOST + b"Expect: 100-continue\r\n" + CLOSE + body)

    assert answer.status == 100
    assert answer.body.startswith(b"HTTP/1.1 200 OK")
