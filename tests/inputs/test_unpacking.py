"""Compressed bodies: unpacked in small steps, and every fault is the sender's (R4)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadRequest, UnsupportedMediaType
from gateway.inputs.unpacking import MOST_MEMBERS, STEP, unpacked

TEXT = b'{"prompt": "a hill"}' * 50


async def pieces(data: bytes, encoding: str, step: int = 7) -> list[bytes]:
    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(data), step):
            yield data[at : at + step]

    return [piece async for piece in unpacked(chunks(), encoding)]


def raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("", TEXT),
        ("identity", TEXT),
        (" GZip ", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw(TEXT)),
    ],
    ids=["none", "identity", "gzip in odd letters", "x-gzip", "gzip of two members", "deflate", "raw deflate"],
)
@pytest.mark.parametrize("step", [1, 7, 10_000])
async def test_what_is_taken(encoding: str, data: bytes, step: int) -> None:
    assert b"".join(await pieces(data, encoding, step)) == TEXT


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "gzip, identity", "nonsense", "\xff"])
async def test_what_is_not_taken_is_415(encoding: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        await pieces(TEXT, encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize(
    "data",
    [
        b"{",
        TEXT,
        b"\x1f\x8b",
        gzip.compress(TEXT)[:-1],
        gzip.compress(TEXT)[:-8] + b"\0" * 8,
        gzip.compress(TEXT) + b"{}",
        gzip.compress(b"") * (MOST_MEMBERS + 1),
        zlib.compress(TEXT)[:-5],
        zlib.compress(TEXT) + zlib.compress(TEXT),
    ],
    ids=range(9),
)
async def test_what_is_not_of_its_encoding_is_400(encoding: str, data: bytes) -> None:
    with pytest.raises(BadRequest):
        await pieces(data, encoding)


async def test_a_bomb_goes_off_in_small_pieces() -> None:
    found = await pieces(gzip.compress(bytes(50_000_000)), "gzip", 10_000)

    assert sum(map(len, found)) == 50_000_000
    assert max(map(len, found)) == STEP


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.integers(1, 50))
async def test_any_bytes_survive(members: list[bytes], step: int) -> None:
    assert b"".join(await pieces(b"".join(map(gzip.compress, members)), "gzip", step)) == b"".join(members)
    assert b"".join(await pieces(raw(members[0]), "deflate", step)) == members[0]
