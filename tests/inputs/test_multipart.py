"""Multipart forms: what clients send is read wherever it is cut, and everything has a cap (R2, R3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from aiohttp import FormData
from aiohttp.test_utils import make_mocked_request
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import BadRequest
from gateway.inputs.arriving import MOST_FIELDS
from gateway.inputs.multipart import LONGEST_HEAD, MOST_HEADERS, FormReader, Head, boundary_of

PROMPT = b'Content-Disposition: form-data; name="prompt"'


class Part(NamedTuple):
    head: Head
    data: bytes


async def read(body: bytes, boundary: str = "x", step: int = 1000) -> list[Part]:
    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(body), step):
            yield body[at : at + step]

    form, parts = FormReader(boundary, chunks()), []
    while (head := await form.next_part()) is not None:
        parts.append(Part(head, b"".join([piece async for piece in form.pieces()])))
    return parts


def form(*parts: bytes) -> bytes:
    return b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + b"--x--\r\n"


@pytest.mark.parametrize("step", [1, 2, 5, 1000])
async def test_parts_are_read_wherever_the_network_cuts_them(step: int) -> None:
    picture = b"\r\n--\r\n-" + bytes(range(256)) + b"\r\n-"
    file = b'content-disposition: form-data; name="image[]"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'

    parts = await read(form(PROMPT + b"\r\n\r\na hill", file + picture, PROMPT + b"\r\n\r\n"), step=step)

    assert parts == [
        Part(Head("prompt", is_file=False), b"a hill"),
        Part(Head("image[]", is_file=True), picture),
        Part(Head("prompt", is_file=False), b""),
    ]


@pytest.mark.parametrize(
    ("line", "head"),
    [
        (b'Content-Disposition: form-data; name="a"', Head("a", is_file=False)),
        (b"CONTENT-DISPOSITION:form-data;NAME=a", Head("a", is_file=False)),
        (b'Content-Disposition: form-data; name="a \\"b\\" \\\\"', Head('a "b" \\', is_file=False)),
        ('Content-Disposition: form-data; name="größe"'.encode(), Head("größe", is_file=False)),
        (b'Content-Disposition: form-data; filename="; name=evil"; name="a"', Head("a", is_file=True)),
        (b'Content-Disposition: form-data; name="a"; filename=""', Head("a", is_file=True)),
        (b"Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''%2e%2e%2f", Head("a", is_file=True)),
        (b'Content-Disposition: form-data; name="a"; filename="C:\\dir\\"', Head("a", is_file=True)),
        (b'Content-Disposition: form-data; name="a"\r\nContent-Type: image/png', Head("a", is_file=True)),
        (b'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: binary', Head("a", is_file=False)),
        (b"Content-Disposition: form-data", Head("", is_file=False)),
        (b"Content-Type: text/plain", Head("", is_file=False)),
        (b'Content-Disposition: form-data; name="a', Head("", is_file=False)),
    ],
)
async def test_a_part_says_its_name_and_whether_it_is_a_file(line: bytes, head: Head) -> None:
    assert await read(form(line + b"\r\n\r\ndata")) == [Part(head, b"data")]


async def test_what_stands_before_and_behind_means_nothing() -> None:
    body = b"preamble\r\n--y\r\n" + form(PROMPT + b"\r\n\r\na") + b"epilogue\r\n--x\r\n"

    assert await read(body, step=3) == [Part(Head("prompt", is_file=False), b"a")]


@pytest.mark.parametrize("step", [*range(1, 9), 1000])
async def test_blanks_behind_a_delimiter_and_a_part_without_headers_are_allowed(step: int) -> None:
    assert await read(b"--x  \r\n\r\ndata\r\n--x--", step=step) == [Part(Head("", is_file=False), b"data")]


@pytest.mark.parametrize("step", [1, LONGEST_HEAD + 6, 10 * LONGEST_HEAD])
async def test_the_longest_head_is_the_same_length_however_it_comes(step: int) -> None:
    longest = b"A: " + b"y" * (LONGEST_HEAD - 3)

    assert await read(form(longest + b"\r\n\r\na"), step=step) == [Part(Head("", is_file=False), b"a")]
    with pytest.raises(BadRequest, match="too long a head"):
        await read(form(longest + b"y\r\n\r\na"), step=step)


@pytest.mark.parametrize("step", [1, 1000, 10 * LONGEST_HEAD])
async def test_blanks_behind_a_delimiter_have_an_end(step: int) -> None:
    with pytest.raises(BadRequest, match="malformed"):
        await read(b"--x" + b" " * LONGEST_HEAD + b"\r\n\r\ndata\r\n--x--", step=step)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        b"--x",
        b"--x\r\n",
        b"--x\r\n" + PROMPT,
        b"--x\r\n" + PROMPT + b"\r\n\r\nnever ended",
        b"--x\r\n" + PROMPT + b"\r\n\r\nnever ended\r\n--x",
        b"--x" + b" " * 2 * LONGEST_HEAD,
        b"--x?\r\n",
        form(b"no colon\r\n\r\na"),
        form(b"Name : a\r\n\r\na"),
        form(b" folded: a\r\n\r\na"),
        form(b"A: " + b"y" * LONGEST_HEAD + b"\r\n\r\na"),
        form(b"".join(b"A%d: y\r\n" % number for number in range(MOST_HEADERS + 1)) + b"\r\na"),
        form(PROMPT + b"\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ=="),
        form(PROMPT + b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=20"),
        form(PROMPT + b"\r\nContent-Encoding: gzip\r\n\r\na"),
        form(PROMPT + b"\r\nContent-Type: Multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--"),
        form(*[PROMPT + b"\r\n\r\na"] * (MOST_FIELDS + 1)),
    ],
    ids=range(19),
)
@pytest.mark.parametrize("step", [1, 1000])
async def test_a_malformed_form_is_a_fault_of_its_sender(body: bytes, step: int) -> None:
    with pytest.raises(BadRequest):
        await read(body, step=step)


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=x", "x"),
        ('multipart/form-data; charset=utf-8; BOUNDARY="a b;c"', "a b;c"),
        (f"multipart/form-data;boundary={'-' * 70}", "-" * 70),
    ],
)
def test_the_boundary_stands_in_the_content_type(content_type: str, boundary: str) -> None:
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize("said", ["", "; boundary=", '; boundary=""', f"; boundary={'x' * 71}", "; boundary=\xe4"])
def test_without_a_boundary_nothing_can_be_read(said: str) -> None:
    with pytest.raises(BadRequest):
        boundary_of(f"multipart/form-data{said}")


@given(
    fields=st.lists(
        st.tuples(st.text('abc"\\ ü', min_size=1, max_size=9), st.binary(max_size=200)), min_size=1, max_size=5
    ),
    step=st.integers(1, 300),
)
@settings(deadline=None)  # how long a case takes says how busy the machine is
async def test_it_reads_what_aiohttp_writes(fields: list[tuple[str, bytes]], step: int) -> None:
    data = FormData(quote_fields=False)
    for name, value in fields:
        data.add_field(name, value, filename="a", content_type="application/octet-stream")
    payload = data()
    body = await payload.as_bytes()
    request = make_mocked_request("POST", "/", headers={"Content-Type": payload.content_type})

    parts = await read(body, boundary_of(request.headers["Content-Type"]), step)

    assert [(part.head.name, part.data) for part in parts] == fields
    assert all(part.head.is_file for part in parts)
