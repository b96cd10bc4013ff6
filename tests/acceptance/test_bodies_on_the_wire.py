"""Bodies that are odd, broken, compressed or of another kind: taken where that is harmless, else a 4xx."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable
from io import BytesIO

import pytest
from aiohttp import ClientSession
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, ask
from support.samples import plain, text

JSON = {"Content-Type": "application/json"}
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}
DISPOSITION = b'Content-Disposition: form-data; name="prompt"'


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


def parts(*inner: bytes) -> bytes:
    return b"".join(b"--x\r\n" + part + b"\r\n" for part in inner) + b"--x--\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"prompt"', b"{", b"{} {}", b"{'prompt': 'a'}", b'{"prompt": "a",}',
        b'{"prompt": "a", "prompt": "b"}', b'{"prompt": "a", "n": NaN}', b'{"prompt": "a", "n": -Infinity}',
        b'{"prompt": "a", "n": ' + b"1" * 33 + b"}", b'{"prompt": ' + b"[" * 100 + b"]" * 100 + b"}", b"[" * 200_000,
        b'\xef\xbb\xbf{"prompt": "a"}', b'{"prompt": "\xff"}', '{"prompt": "a"}'.encode("utf-16"),
        b'{"prompt": "\\ud800"}', b'{"prompt": "a", "\\udfff": 1}', b'{"prompt": "a", "seed": "\\ud800"}',
        b'{"prompt": "a", "user": {"deep": ["\\udc00"]}}',
    ],
    ids=range(21),
)  # fmt: skip
async def test_json_that_could_be_read_in_two_ways_is_refused(gateway: Gateway, body: bytes) -> None:
    status, answer = await gateway.post(GENERATIONS, data=body, headers=JSON)

    assert status == 400
    assert error_in(answer)["type"] == "invalid_request_error"


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_json_may_be_announced_in_every_usual_way(gateway: Gateway, kind: str) -> None:
    body = json.dumps({"prompt": "\U0001f34c"}).encode()  # written as a surrogate pair, which is one character

    status, answer = await gateway.post(GENERATIONS, data=body, headers={"Content-Type": kind})

    assert (status, answer["data"][0]["revised_prompt"]) == (200, "\U0001f34c")


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "image/png", "multipart/mixed; boundary=x", "nonsense", "application/jsonp"],
)
async def test_another_kind_of_body_is_415_and_told_what_is_taken(gateway: Gateway, kind: str) -> None:
    status, answer = await gateway.post(GENERATIONS, data=b'{"prompt": "a"}', headers={"Content-Type": kind})

    assert status == 415
    assert "application/json" in str(error_in(answer)["message"])


async def test_a_post_without_a_body_is_told_what_is_missing(gateway: Gateway) -> None:
    status, answer = await gateway.post(GENERATIONS)

    assert (status, error_in(answer)["param"]) == (400, "prompt")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (f"{URLENCODED}; charset=nonsense", b"prompt=a"),
        (f"{URLENCODED}; charset=utf-16", b"prompt=a"),
        (URLENCODED, b"prompt=\xff"),
        (URLENCODED, b"&".join(b"f%d=1" % index for index in range(101))),
        (URLENCODED, b""),
        (URLENCODED, b"===&&&"),
    ],
)
async def test_a_broken_form_is_a_fault_of_its_sender(gateway: Gateway, kind: str, body: bytes) -> None:
    status, answer = await gateway.post(GENERATIONS, data=body, headers={"Content-Type": kind})

    assert status in {400, 415}
    assert error_in(answer)["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        b"--x--\r\n",
        b"--x\r\n" + DISPOSITION + b"\r\n\r\nnever ended",
        parts(b"no header at all\r\n\r\na"),
        parts(b"\r\na"),
        parts(b"X: " + b"y" * 100_000 + b"\r\n\r\na"),
        parts(b"X: y\r\n" * 3000 + DISPOSITION + b"\r\n\r\na"),
        parts(DISPOSITION + b"\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ=="),
        parts(DISPOSITION + b"\r\nContent-Encoding: gzip\r\n\r\na"),
        parts(DISPOSITION + b"\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--"),
        parts(DISPOSITION + b"\r\n\r\n\xff\xfe"),
        parts(*[b'Content-Disposition: form-data; name="f"\r\n\r\na'] * 101),
        parts(b'Content-Disposition: form-data; name="prompt"; filename="a.png"\r\n\r\na hill'),
    ],
    ids=range(14),
)
async def test_a_broken_multipart_body_is_a_fault_of_its_sender(gateway: Gateway, body: bytes) -> None:
    status, answer = await gateway.post(GENERATIONS, data=body, headers=MULTIPART)

    assert status == 400
    assert error_in(answer)["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", f'multipart/form-data; boundary="{"x" * 200}"']
)
async def test_a_multipart_body_needs_a_boundary(gateway: Gateway, kind: str) -> None:
    status, answer = await gateway.post(GENERATIONS, data=parts(DISPOSITION), headers={"Content-Type": kind})

    assert (status, error_in(answer)["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_compressed_body_is_unpacked(gateway: Gateway, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    body = pack(b'{"prompt": "a hill"}')

    status, answer = await gateway.post(GENERATIONS, data=body, headers={**JSON, "Content-Encoding": encoding})

    assert (status, answer["data"][0]["revised_prompt"]) == (200, "a hill")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_what_only_claims_to_be_compressed_is_400(gateway: Gateway, encoding: str) -> None:
    sent = {**JSON, "Content-Encoding": encoding}

    status, answer = await gateway.post(GENERATIONS, data=b'{"prompt": "a"}', headers=sent)

    assert (status, error_in(answer)["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize("encoding", ["x-foo", "gzip, gzip", "compress", "br", "zstd"])
async def test_an_unknown_encoding_is_415(gateway: Gateway, encoding: str) -> None:
    sent = {**JSON, "Content-Encoding": encoding}

    status, answer = await gateway.post(GENERATIONS, data=b'{"prompt": "a"}', headers=sent)

    assert (status, error_in(answer)["type"]) == (415, "invalid_request_error")


async def test_a_small_body_that_unpacks_to_much_is_413(gateway: Gateway) -> None:
    bomb = gzip.compress(b'{"prompt": "' + b"a" * 40_000_000 + b'"}')

    status, answer = await gateway.post(GENERATIONS, data=bomb, headers={**JSON, "Content-Encoding": "gzip"})

    assert (status, error_in(answer)["type"]) == (413, "invalid_request_error")


LIMITED = {"server": {"max_body": 4096}, "inputs": {"max_size": 2048}}


@pytest.mark.parametrize("size", [1500, 2500, 5000])
async def test_a_picture_and_a_body_have_their_largest_sizes(start: StartGateway, size: int) -> None:
    gateway = await start(LIMITED)
    picture = plain((8, 8)) + bytes(size)  # bytes behind the end of a PNG are cut

    async def chunks() -> AsyncIterator[bytes]:
        yield json.dumps({"prompt": "make it blue", "image": text(picture)}).encode()

    upload = await gateway.post(EDITS, data={"prompt": "make it blue", "image": BytesIO(picture)})
    inline = await gateway.post(EDITS, json={"prompt": "make it blue", "image": text(picture)})
    chunked = await gateway.post(EDITS, data=chunks(), headers=JSON)

    statuses = {upload[0], inline[0], chunked[0]}
    assert statuses == ({200} if size < 2048 else {413})


async def test_the_picture_that_is_too_large_is_named(start: StartGateway) -> None:
    gateway = await start(LIMITED)
    picture = plain((8, 8)) + bytes(2500)

    _, upload = await gateway.post(EDITS, data={"prompt": "a", "image": BytesIO(picture)})
    _, mask = await gateway.post(EDITS, data={"prompt": "a", "image": BytesIO(plain()), "mask": BytesIO(picture)})
    too_long = await ask(gateway, "POST", GENERATIONS, json={"prompt": "a" * 5000})

    assert error_in(upload)["param"] == "image"
    assert error_in(mask)["param"] == "mask"
    assert too_long.status == 413
