"""BMP: kinds of header, rows inside the file."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from gateway.imaging.errors import PictureError
from gateway.imaging.formats import scan, strip
from gateway.imaging.limits import PictureLimits

LIMITS = PictureLimits()
ALPHA_MASKS = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
Build = Callable[..., bytes]


@pytest.mark.parametrize("rest", [0, 12, 16, 24, 68, 84])
def test_every_size_of_header(bmp_file: Build, bmp_header: Build, rest: int) -> None:
    found = scan(bmp_file(bmp_header(3, 2, 24) + bytes(rest), bytes(24)), LIMITS)
    assert (found.width, found.height, found.has_alpha) == (3, 2, False)


def test_size_of_header_that_nobody_knows(bmp_file: Build, bmp_header: Build) -> None:
    with pytest.raises(PictureError, match="header is of no known kind"):
        scan(bmp_file(bmp_header(3, 2, 24) + bytes(1), bytes(24)), LIMITS)
    with pytest.raises(PictureError, match="header is of no known kind"):
        scan(b"BM is also how a sentence can begin.", LIMITS)


@pytest.mark.parametrize(
    ("compression", "rest", "alpha"),
    [
        (3, ALPHA_MASKS + bytes(52), True),
        (3, ALPHA_MASKS, True),
        (3, ALPHA_MASKS[:12] + bytes(56), False),
        (3, ALPHA_MASKS[:12], False),
        (3, ALPHA_MASKS + bytes(8), False),  # OS/2 keeps other things there
        (0, ALPHA_MASKS + bytes(52), False),
    ],
)
def test_alpha_needs_its_mask(
    bmp_file: Build, bmp_header: Build, compression: int, rest: bytes, *, alpha: bool
) -> None:
    data = bmp_file(bmp_header(2, 2, 32, compression) + rest, bytes(16))
    assert scan(data, LIMITS).has_alpha is alpha


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((0, 2, 24), "no pixels"),
        ((3, 0, 24), "no pixels"),
        ((-3, 2, 24), "no pixels"),
        ((3, 2, 5), "unusual kind of pixels"),
        ((3, 2, 0), "unusual kind of pixels"),
        ((3, 2, 24, 4), "unusual kind of pixels"),
        ((3, 2, 24, 1), "unusual kind of pixels"),
        ((3, 2, 4, 2, 25), "truncated"),
        ((3, 3, 24), "truncated"),
        ((3, -3, 24), "truncated"),
        ((3, -(2**31), 1), "truncated"),
    ],
)
def test_headers_that_cannot_be(bmp_file: Build, bmp_header: Build, fields: tuple[int, ...], words: str) -> None:
    with pytest.raises(PictureError, match=words):
        scan(bmp_file(bmp_header(*fields), bytes(24)), LIMITS)


@pytest.mark.parametrize(
    ("offset", "words"),
    [(0, "inside its header"), (53, "inside its header"), (55, "truncated"), (2**32 - 1, "trunc")],
)
def test_offsets_outside_the_rows(bmp_file: Build, bmp_header: Build, offset: int, words: str) -> None:
    data = bytearray(bmp_file(bmp_header(4, 2, 24), bytes(24)))
    data[10:14] = struct.pack("<I", offset)
    with pytest.raises(PictureError, match=words):
        scan(bytes(data), LIMITS)


def test_last_row_needs_no_padding(samples: dict[str, bytes], frames: Callable[[bytes], object]) -> None:
    whole = samples["bmp-RGB"]
    assert scan(whole[:-1], LIMITS) == scan(whole, LIMITS)
    assert frames(whole[:-1]) == frames(whole)
    with pytest.raises(PictureError, match="The BMP is truncated"):
        scan(whole[:-2], LIMITS)


def test_nothing_is_cut(samples: dict[str, bytes]) -> None:
    data = samples["bmp-v5-alpha"] + b"profile"
    assert strip(data, scan(data, LIMITS)) is data
