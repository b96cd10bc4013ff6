"""However the network cuts a body, it is read as the same: JSON, forms of both kinds, compressed or not."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Sequence
from http import HTTPStatus
from itertools import pairwise
from typing import Any, cast

from aiohttp import StreamReader
from aiohttp.test_utils import make_mocked_request
from hypothesis import assume
from hypothesis import strategies as st
from support.effort import Effort
from support.hostile_forms import multipart, urlencoded
from support.hostile_json import BODIES
from support.images_api import EDITS, GENERATIONS, UPSCALE
from support.plain_http import send, send_in_chunks

from gateway.errors import GatewayError
from gateway.inputs.arriving import BodyLimits
from gateway.inputs.fields import FieldReader, Upload
from gateway.inputs.long_text import LongText
from gateway.inputs.request_memory import RequestMemory
from gateway.spool import Spool

ENCODINGS: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress}
SENT = multipart() | urlencoded() | BODIES.map(lambda body: ("application/json", body))
LONGEST = 5000
"""Bytes of a body that is sent whole before anybody could refuse it."""
PLACES = st.lists(st.integers(0, 2**16), max_size=12)


class Cut:
    """A body that comes in the pieces that it was cut into; uncut it came along with its head."""

    def __init__(self, body: bytes, places: Sequence[int]) -> None:
        self._pieces = cut(body, places)

    async def readany(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    def is_eof(self) -> bool:
        return len(self._pieces) <= 1

    def exception(self) -> None:
        """Nothing went wrong."""

    def read_nowait(self) -> bytes:
        return b"".join(self._pieces)


def cut(body: bytes, places: Sequence[int]) -> list[bytes]:
    return [body[start:stop] for start, stop in pairwise(sorted({0, len(body), *places}))]


def places_in(body: bytes, drawn: Sequence[int]) -> list[int]:
    return [place % len(body) for place in drawn] if body else []


async def read(said: str, encoding: str, body: bytes, places: Sequence[int]) -> object:
    """The fields, with all bytes in the place of whatever holds them; or the refusal."""
    headers = {"Content-Type": said, "Content-Encoding": encoding, "Content-Length": str(len(body))}
    request = make_mocked_request("POST", "/", headers=headers, payload=cast("StreamReader", Cut(body, places)))
    try:
        fields = await FieldReader(BodyLimits(), RequestMemory()).read(request, Spool())
    except GatewayError as error:
        return error.body()
    return {name: held(value) for name, value in fields.values.items()}


def held(value: Any) -> object:
    match value:
        case Upload():
            return value.blob.read()
        case LongText():
            return value._blob.read()
        case list():
            return [held(item) for item in value]
        case dict():
            return {name: held(item) for name, item in value.items()}
        case _:
            return repr(value)


def test_a_body_is_read_the_same_wherever_it_is_cut(effort: Effort) -> None:
    def holds(sent: tuple[str, bytes], encoding: str, places: list[int]) -> None:
        said, body = sent
        packed = ENCODINGS[encoding](body)
        whole = runner.run(read(said, encoding, packed, []))
        assert runner.run(read(said, encoding, packed, places_in(packed, places))) == whole
        if len(packed) < LONGEST:
            assert runner.run(read(said, encoding, packed, range(len(packed)))) == whole

    with asyncio.Runner() as runner:
        effort.check(30, holds, sent=SENT, encoding=st.sampled_from([*ENCODINGS]), places=PLACES)


def test_chunks_are_answered_as_one_body_is(effort: Effort, address: str) -> None:
    """On real HTTP, where nobody says how long the body is; of pictures the names differ."""

    def holds(path: str, sent: tuple[str, bytes], places: list[int]) -> None:
        said, body = sent
        assume(len(body) < LONGEST)
        headers = {"Content-Type": said}
        whole = send(address, "POST", path, headers, body)
        chunked = send_in_chunks(address, path, headers, cut(body, places_in(body, places)))
        assert chunked.status == whole.status
        assert chunked.status == HTTPStatus.OK or chunked.body == whole.body

    paths = st.sampled_from([GENERATIONS, EDITS, UPSCALE])
    effort.check(25, holds, path=paths, sent=SENT, places=PLACES)
