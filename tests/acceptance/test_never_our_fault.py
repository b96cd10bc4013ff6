"""Whatever a client sends, the answer is a picture or a refusal in the error shape: never a 5xx."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from support.background import Standing
from support.errors import error_in
from support.images_api import EDITS, GENERATIONS, UPSCALE
from support.plain_http import Reply, send
from support.samples import encoded, photograph, plain, text
from yarl import URL

BOUNDED = settings(
    max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
JSON = {"Content-Type": "application/json"}
PATHS = st.sampled_from([GENERATIONS, EDITS, UPSCALE])


@pytest.fixture(scope="module")
def address(standing: Standing) -> str:
    return standing.address


def assert_no_fault_of_ours(reply: Reply) -> None:
    assert reply.status < 500, reply
    if reply.status >= 400 and reply.body:
        assert error_in(json.loads(reply.body))["type"] == "invalid_request_error"


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        "prompt",
        "image",
        "mask",
        "n",
        "size",
        "model",
        "aspect_ratio",
        "output_format",
        "response_format",
        "stream",
        "seed",
        "strict",
        "upscale_factor",
        "image[]",
        "user",
    ]
)
PART_HEADERS = st.sampled_from(
    [
        b'Content-Disposition: form-data; name="prompt"',
        b'name="image"; filename="',
        b"Content-Type: image/png",
        b"Content-Type: multipart/mixed; boundary=x",
        b"Content-Length: 4",
        b"X",
        b": ",
        b"\r\n",
        b"\xff",
        b"a" * 9000,
    ]
)
HEADERS = st.sampled_from(
    [
        "Accept",
        "Range",
        "If-Range",
        "If-None-Match",
        "If-Modified-Since",
        "Origin",
        "X-Request-ID",
        "Idempotency-Key",
        "Authorization",
        "api-key",
        "Cache-Control",
        "Content-Type",
        "Content-Encoding",
        "Host",
        "traceparent",
        "Cookie",
        "X-Gateway-Hops",
        "Expect",
        "Connection",
        "Access-Control-Request-Method",
        "Accept-Encoding",
    ]
)
ODD_VALUES = st.sampled_from(
    [
        "bytes=0-",
        "bytes=" + "9" * 30 + "-",
        "*",
        '"',
        "100-continue",
        "0" * 400,
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 31 Feb 2020 25:61:61 GMT",
        "00-0-0-0",
    ]
)


@BOUNDED
@given(path=PATHS, fields=st.dictionaries(NAMES | st.text(max_size=9), VALUES, max_size=6))
def test_any_json(address: str, path: str, fields: dict[str, object]) -> None:
    """With the required fields right, so that the others are reached."""
    whole = {"prompt": "a", "image": text(plain((8, 8))), **fields, "stream": False}

    reply = send(address, "POST", path, JSON, json.dumps(whole).encode())

    assert_no_fault_of_ours(reply)


@BOUNDED
@given(
    path=PATHS,
    kind=st.sampled_from(["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
    | st.text("abc/;=x- ", max_size=20),
    body=st.binary(max_size=200) | st.text(alphabet='{}[]",:\\u0dn%=&\r\n--x', max_size=60).map(str.encode),
)
def test_any_body_of_any_kind(address: str, path: str, kind: str, body: bytes) -> None:
    assert_no_fault_of_ours(send(address, "POST", path, {"Content-Type": kind}, body))


@BOUNDED
@given(
    headers=st.lists(PART_HEADERS, max_size=5),
    data=st.binary(max_size=50),
    end=st.sampled_from([b"\r\n--x--\r\n", b"\r\n--x\r\n", b"--x--", b""]),
)
def test_any_multipart_body(address: str, headers: list[bytes], data: bytes, end: bytes) -> None:
    body = b"--x\r\n" + b"\r\n".join(headers) + b"\r\n\r\n" + data + end

    reply = send(address, "POST", GENERATIONS, {"Content-Type": "multipart/form-data; boundary=x"}, body)

    assert_no_fault_of_ours(reply)


@BOUNDED
@given(
    path=st.sampled_from([GENERATIONS, EDITS, UPSCALE, "/images/", "/v1/models/", "/"]),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=60)
    | st.dictionaries(NAMES, st.text("ab%F0<>&=+.:/\\1x ", max_size=12)).map(
        lambda pairs: "&".join(f"{name}={value}" for name, value in pairs.items()).replace(" ", "%20")
    ),
)
def test_any_query_and_any_path(address: str, path: str, query: str) -> None:
    assert_no_fault_of_ours(send(address, "GET", f"{path}?{query}"))
    assert_no_fault_of_ours(send(address, "GET", f"{path}{query}"))


@BOUNDED
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "OPTIONS"]),
    path=st.sampled_from(["/v1/models", "{hosted}", "/healthz", UPSCALE]),
    name=HEADERS,
    value=st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
    | ODD_VALUES,
)
def test_any_header(address: str, method: str, path: str, name: str, value: str) -> None:
    if path == "{hosted}":
        path = hosted(address)
    reply = send(address, method, path, {name: value})

    assert reply.status < 500, reply


def hosted(address: str) -> str:
    body = json.dumps({"image": text(plain((8, 8)))}).encode()
    reply = send(address, "POST", UPSCALE, JSON, body)
    return URL(json.loads(reply.body)["data"][0]["url"]).path


SOURCES = {
    **{form: encoded(Image.effect_noise((24, 18), 80).convert("RGB"), form) for form in ("PNG", "GIF", "WEBP", "BMP")},
    "JPEG": photograph((48, 32), orientation=6),
}


@pytest.mark.parametrize("form", SOURCES)
def test_any_damage_to_a_picture(address: str, form: str) -> None:
    dice = random.Random(form)

    for _ in range(60):
        damaged = bytearray(SOURCES[form])
        for _ in range(dice.randint(1, 6)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        body = json.dumps({"image": text(bytes(damaged[: dice.randint(1, len(damaged))]))}).encode()
        assert_no_fault_of_ours(send(address, "POST", UPSCALE, JSON, body))
