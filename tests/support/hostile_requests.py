"""Requests that no honest client sends, as bytes, each under a name. `CANARY` stands in those that might be echoed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

CANARY = b"canary7f3a"
SEED = 20_251_127
HOST = b"Host: localhost\r\n"
END = b"Connection: close\r\n\r\n"
SMUGGLED = b"GET /v1/models?" + CANARY + b" HTTP/1.1\r\n" + HOST + b"\r\n"
PATHS = (b"/v1/models", b"/v1/images/upscale", b"/images/a.png")

METHODS = (
    b"", b"G{T}", b"get", b"GET\x00", b"G\xc3\x89T", b"A" * 100, b"A" * 9000, b"TRACE", b"CONNECT", b"PRI", b"PUT",
    b"DELETE", b"PATCH", b"PROPFIND", b"M-SEARCH", b"BREW", b"\tGET", b"GET,GET", b"OPTIONS", b"HEAD",
)  # fmt: skip
TARGETS = (
    b"*", b"", b" ", b"#", b"?", b"//", b"///etc/passwd", b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd",
    b"/v1/models\x00", b"/\xff\xfe", b"/%ff%fe%00", b"/%", b"/%zz", b"http://evil.example/v1/models", b"http://",
    b"http://[::1", b"http://a:b@localhost/v1/models", b"evil.example:443", b"/v1//models", b"/v1/models/..;/x",
    b"/images/%2e%2e%2f%2e%2e%2fetc%2fpasswd", b"/images/..%5c..%5cwin.ini", b"/images/CON.png", b"/images/a%00.png",
    b"/images/" + b"a" * 5000, b"/docs/%2e%2e/%2e%2e/app.py", b"/docs/assets/1/..%2f..%2fapp.py", b"/studio/1/..%2fx",
    b"/v1/images/generations?prompt=%ff%fe", b"/v1/images/generations?prompt=%ed%a0%80",
    b"/v1/images/generations?n=%00",
    b"/v1/images/generations?" + b"a=b&" * 5000, b"/v1/models?" + b"x" * 70_000, b"\\v1\\models", b"/v1/models ?",
)  # fmt: skip
VERSIONS = (
    b"", b"HTTP", b"HTTP/0.9", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/3", b"HTTP/11", b"http/1.1", b"HTPP/1.1",
    b"HTTP/1.1.1",
    b"HTTP/-1.1", b"HTTP/1.1 x", b"HTTP/\xd9\xa1.1", b"HTTP/1.0", b"HTTP/1.1\t", b"FTP/1.1", b"HTTP/9.x",
)  # fmt: skip
FIELDS = (
    CANARY, b": " + CANARY, b"A b: " + CANARY, b"A : " + CANARY, b"A\x00: b", b"A: \x00" + CANARY, b"A: b\x0b",
    b"A: \x7f",
    b"A: b\r\n " + CANARY, b"A: b\r\n\t" + CANARY, b"A: b\nB: " + CANARY, b"A: b\rB: " + CANARY, b"A\xff: b",
    b"A: \xff\xfe",
    b"(A): b", b"A@B: c", b"A: " + CANARY * 2000, b"A" * 9000 + b": b", b"A: " + b"x" * 70_000, b"\x01: b",
    b"\xe2\x80\xae: b",
    b"\r\n".join(b"A%d: b" % number for number in range(300)), b"Upgrade: websocket\r\nConnection: upgrade",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__", b"Expect: " + CANARY,
    b"Expect: 100-continue, 100-continue", b"Connection: " + CANARY + b", close, keep-alive",
    b"Content-Encoding: " + CANARY,
    b"Accept: " + b"*/*," * 1500, b"Cookie: " + b"a=b; " * 1500, b"Authorization: Bearer \xff" + CANARY,
    b"Authorization: Bearer a\r\nAuthorization: Bearer b", b"api-key: a\r\nAuthorization: Bearer b",
    b"Range: bytes=0-0,1-1",
    b"Range: bytes=" + b"0-0," * 1500, b"Range: bytes=-" + b"9" * 400, b"If-Modified-Since: " + b"9" * 400,
    b'If-None-Match: "' + b"a" * 4000, b"Origin: null", b"Origin: \xff", b"Origin: http://[",
    b"X-Request-ID: " + CANARY * 40,
    b"X-Forwarded-For: " + b"1.1.1.1, " * 500, b'Forwarded: for="[::1', b"traceparent: 00-zz-zz-00",
    b"Idempotency-Key: \x01",
    b"X-Gateway-Hops: 99999999999999999999", b"Cache-Control: " + b"no-cache," * 700,
    b"Content-Type: " + b"a/b;c=" * 900,
)  # fmt: skip
HOSTS = (
    b"", b"Host:\r\n", b"Host: a\r\nHost: b\r\n", b"Host: localhost\r\nHost: localhost\r\n", b"Host: a b\r\n",
    b"Host: [::1\r\n", b"Host: localhost:99999999\r\n", b"Host: localhost:x\r\n", b"Host: \xff\r\n",
    b"Host: a@localhost\r\n",
    b"Host: localhost/evil\r\n", b"Host: evil.example\r\n", b"Host: localhost#\r\n", b"Host: localhost\\\r\n",
    b"Host: " + b"a" * 5000 + b"\r\n", b"Host: localhost, evil.example\r\n", b"Host: %6c\r\n",
    b"Host: 127.1:8080\r\n",
)  # fmt: skip
LENGTHS = (
    b"-1", b"+5", b"0x5", b"5.0", b"5 5", b"5,5", b"5, 6", b"", b" ", b"1e1", b"\xd9\xa5", b"5\x0b", b"5\x00",
    b"five",
    b"99999999999999999999", b"9223372036854775808", b"4294967296", CANARY,
)  # fmt: skip
TRANSFERS = (
    b"chunked, chunked", b"identity", b"gzip, chunked", b"chunked, gzip", b"xchunked", b"chunked;q=1", b"\x0bchunked",
    b"chunked\x00", b"ch\xfcnked", b"chunked,", b",chunked", b"'chunked'", b"chunked\r\nTransfer-Encoding: identity",
    b"identity\r\nTransfer-Encoding: chunked", b"chunked\r\n chunked", b"", CANARY,
    b"chunked\r\nTransfer-Encoding: chunked",
)  # fmt: skip
CHUNKS = (
    b"zz\r\n", b"-1\r\n", b"+5\r\nabcde\r\n0\r\n\r\n", b"0x5\r\nabcde\r\n0\r\n\r\n", b" 5\r\nabcde\r\n0\r\n\r\n",
    b"5 \r\nabcde\r\n0\r\n\r\n", b"5\nabcde\n0\n\n", b"5\r\nabcdefgh\r\n0\r\n\r\n", b"5\r\nabcde0\r\n\r\n",
    b"F" * 17 + b"\r\n", b"7FFFFFFFFFFFFFFF\r\na", b"5;" + b"a" * 20_000 + b"\r\nabcde\r\n0\r\n\r\n",
    b'5;a="\r\nabcde\r\n0\r\n\r\n',
    b"\r\n", b"0\r\n", b"0\r\nA: b\r\nContent-Length: 5\r\n\r\n", b"0\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
    b"0\r\nA\x00: b\r\n\r\n",
    b"5\rabcde\r0\r\r", b"\xd9\xa5\r\nabcde\r\n0\r\n\r\n", b"5\x00\r\nabcde\r\n0\r\n\r\n", CANARY + b"\r\n\r\n",
    b"1\r\na",
)  # fmt: skip


def _part(disposition: bytes, data: bytes = b"a") -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + data + b"\r\n--x--\r\n"


BODIES: Mapping[bytes, tuple[bytes, ...]] = {
    b"application/json": (
        b"", b"{", b"[]", b"null", b"NaN", b'"a"', b"\xff\xfe{}", b"\xef\xbb\xbf{}", b"{}{}", b'{"prompt": NaN}',
        b"[" * 5000,
        b'{"prompt":"a","prompt":"b"}', b'{"prompt":"\\ud800"}', b'{"prompt":"\\u0000"}',
        b'{"n":' + b"9" * 5000 + b"}",
        b'{"n":1e999,"prompt":"a"}', b'{"prompt":{"a":1}}', b'{"image":[[[[]]]],"prompt":"a"}',
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b"{" + b",".join(b'"k%d":1' % number for number in range(3000)) + b"}",
        b'{"prompt":"' + CANARY + b'","n":"x"}',
    ),
    b"multipart/form-data": (b"", b"--x--\r\n"),
    b"multipart/form-data; boundary=": (b"--\r\n\r\n--\r\n", b""),
    b"multipart/form-data; boundary=" + b"x" * 300: (b"",),
    b"multipart/form-data; boundary=\xff": (b"--\xff--",),
    b"multipart/form-data; boundary=x": (
        b"", b"--x", b"--x\r\n", b"--x--", b"--y--\r\n", b"--x\r\n\r\na\r\n--x--\r\n", b"--x\r\nA\r\n\r\n--x--\r\n",
        b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na',
        b"--x\r\n" + b"A: b\r\n" * 500 + b"\r\na\r\n--x--\r\n",
        _part(b'name="' + b"n" * 20_000 + b'"'),
        _part(b'name="image"; filename="../../' + CANARY + b'\x00.png"'),
        _part(b'name="a"\r\nContent-Type: multipart/mixed; boundary=y', b"--y--"),
        _part(b'name="prompt"\r\nContent-Encoding: gzip'),
        _part(b'name="prompt"\r\nContent-Type: text/plain; charset=utf-99'),
        b"".join(_part(b'name="p%d"' % number)[:-7] for number in range(2000)) + b"--x--",
    ),
    b"application/x-www-form-urlencoded": (b"%", b"prompt=%ff", b"=" * 5000, b"&" * 5000, b"a=b&" * 5000,
    b"prompt=%00", b"\xff=\xff"),
    b"text/plain": (b"a",), b"image/png": (b"\x89PNG",), b"a": (b"{}",), b"": (b"{}",),
    b"application/json; charset=utf-16": (b"{}",),
}  # fmt: skip
ENCODINGS = (
    b"gzip",
    b"deflate",
    b"br",
    b"zstd",
    b"gzip, gzip",
    b"gzip;q=1",
    b"x",
    b"identity, gzip",
    b"GZIP",
    b"compress",
)
NO_HTTP = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"SSH-2.0-OpenSSH_9\r\n", b"EHLO a\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"*1\r\n$4\r\nPING\r\n", b"stats\r\n", b"OPTIONS rtsp://a RTSP/1.0\r\n\r\n",
    b"PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n", b"\x00" * 64,
    b"\r\n" * 500, b"\n", b"\r", b" ", b"\xff" * 70_000, b"GET", b"GET / HTTP/1.1",
    b"GET / HTTP/1.1\r\nHost: a\r\n", b"",
    b"\r\n\r\nGET /v1/models HTTP/1.1\r\n" + HOST + END, b"{}", b"<html>",
)  # fmt: skip


def _post(path: bytes, fields: bytes, body: bytes = b"") -> bytes:
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + fields + b"\r\n" + body


def lines() -> Iterator[bytes]:
    yield from (method + b" " + path + b" HTTP/1.1\r\n" + HOST + END for method in METHODS for path in PATHS)
    yield from (b"GET " + target + b" HTTP/1.1\r\n" + HOST + END for target in TARGETS)
    yield from (b"GET /v1/models " + version + b"\r\n" + HOST + END for version in VERSIONS)


def heads() -> Iterator[bytes]:
    yield from (
        b"GET " + path + b" HTTP/1.1\r\n" + HOST + line + b"\r\n" + END for line in FIELDS for path in PATHS[:2]
    )
    yield from (b"GET " + path + b" HTTP/1.1\r\n" + host + END for host in HOSTS for path in PATHS[:2])


def framings() -> Iterator[bytes]:
    """Each hides a second request, which must never be answered."""
    json = b"Content-Type: application/json\r\n"
    for length in LENGTHS:
        yield _post(PATHS[1], json + b"Content-Length: " + length + b"\r\n", b"{}   " + SMUGGLED)
    for transfer in TRANSFERS:
        coding = json + b"Transfer-Encoding: " + transfer + b"\r\n"
        yield _post(PATHS[1], coding, b"0\r\n\r\n" + SMUGGLED)
        yield _post(PATHS[1], coding + b"Content-Length: 5\r\n", b"0\r\n\r\n" + SMUGGLED)
        yield _post(PATHS[1], b"Content-Length: 5\r\n" + coding, b"0\r\n\r\n" + SMUGGLED)
    yield from (_post(PATHS[1], json + b"Transfer-Encoding: chunked\r\n", chunk) for chunk in CHUNKS)
    yield b"POST /v1/images/upscale HTTP/1.0\r\n" + json + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED


def bodies() -> Iterator[bytes]:
    for kind, texts in BODIES.items():
        for body in texts:
            fields = b"Connection: close\r\nContent-Type: " + kind + b"\r\nContent-Length: %d\r\n" % len(body)
            yield _post(b"/v1/images/edits", fields, body)
    for coding in ENCODINGS:
        fields = b"Content-Type: application/json\r\nContent-Length: 8\r\nContent-Encoding: " + coding + b"\r\n"
        yield _post(b"/v1/images/generations", fields, b"\x1f\x8b\x08\x00abcd")
    yield _post(b"/v1/images/edits", b"Content-Type: application/json\r\nContent-Length: 50\r\n", b'{"prompt":')
    yield _post(b"/v1/images/edits", b"Content-Type: application/json\r\nContent-Length: 99999999\r\n", b"{")


def mutations(times: int = 120) -> Iterator[bytes]:
    """Honest requests, damaged in a few places."""
    dice = random.Random(SEED)
    honest = [
        _post(b"/v1/images/edits", b"Content-Type: application/json\r\nContent-Length: 2\r\n" + END[:-2], b"{}"),
        b"GET /images/000000-01012025_"
        + b"a" * 52
        + b"_generate.png HTTP/1.1\r\n"
        + HOST
        + b"Range: bytes=0-9\r\n"
        + END,
        b"GET /v1/models HTTP/1.1\r\n" + HOST + b"Accept: application/json\r\n" + END,
        _post(b"/v1/images/upscale", b"Transfer-Encoding: chunked\r\n" + END[:-2], b"2\r\n{}\r\n0\r\n\r\n"),
    ]
    for number in range(times):
        damaged = bytearray(honest[number % len(honest)])
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(damaged))
            damaged[at : at + dice.randint(0, 2)] = bytes(dice.choices(b"\x00\r\n :\xff;,0aZ", k=dice.randint(0, 2)))
        yield bytes(damaged)


def all_requests() -> dict[str, bytes]:
    """By name: the family and a number."""
    families = {
        "line": lines(), "head": heads(), "framing": framings(), "body": bodies(), "no HTTP": iter(NO_HTTP),
        "mutation": mutations(),
    }  # fmt: skip
    return {f"{name} {number}": sent for name, found in families.items() for number, sent in enumerate(found)}
