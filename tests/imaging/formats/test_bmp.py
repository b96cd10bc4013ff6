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


def with_profile(data: bytes, kind: bytes, profile: bytes) -> bytes:
    """A picture with the largest kind of header, `profile` behind its rows and named in the header."""
    named = bytearray(data)
    named[14 + 56 : 14 + 60] = kind
    named[14 + 112 : 14 + 120] = struct.pack("<II", len(data) - 14, len(profile))
    return bytes(named) + profile


@pytest.mark.parametrize("name", ["bmp-1", "bmp-RGB", "bmp-RGBA", "bmp-core", "bmp-top-down", "bmp-v5-alpha"])
def test_what_lies_behind_the_rows_goes(
    samples: dict[str, bytes], frames: Callable[[bytes], object], secret: bytes, name: str
) -> None:
    data = samples[name]
    clean = strip(data + secret, scan(data + secret, LIMITS))

    assert secret not in clean
    assert clean == strip(data, scan(data, LIMITS))
    assert struct.unpack_from("<I", clean, 2) == (len(clean),)
    assert scan(clean, LIMITS).edits == ()
    assert frames(clean) == frames(data)


def test_an_embedded_profile_stays(samples: dict[str, bytes], secret: bytes) -> None:
    data = with_profile(samples["bmp-v5-alpha"], b"DEBM", b"profile")

    assert strip(data, scan(data, LIMITS)) is data
    assert strip(data + secret, scan(data + secret, LIMITS))[6:] == data[6:]


@pytest.mark.parametrize("kind", [b"KNIL", b"BGRs"])
def test_the_path_of_a_linked_profile_goes(samples: dict[str, bytes], secret: bytes, kind: bytes) -> None:
    data = with_profile(samples["bmp-v5-alpha"], kind, secret)

    assert secret not in strip(data, scan(data, LIMITS))


def test_the_end_of_packed_rows_is_where_the_header_says(bmp_file: Build, bmp_header: Build, secret: bytes) -> None:
    rows = b"\x03\x07\0\0" * 2 + b"\0\1"
    for packed, cut in ((len(rows), True), (0, False)):
        data = bmp_file(bmp_header(3, 2, 8, 1, packed), rows, bytes(1024)) + secret
        assert (secret not in strip(data, scan(data, LIMITS))) is cut


@pytest.mark.parametrize(
    ("fields", "tables", "rows"),
    [
        ((3, 2, 24), b"", bytes(24)),
        ((3, 2, 8), bytes(range(256)) * 4, bytes(8)),
        ((2, 2, 32, 3), ALPHA_MASKS, bytes(16)),
    ],
)
def test_what_lies_between_the_tables_and_the_rows_becomes_zeros(
    bmp_file: Build, bmp_header: Build, secret: bytes, fields: tuple[int, ...], tables: bytes, rows: bytes
) -> None:
    data = bmp_file(bmp_header(*fields), rows, tables + secret)
    clean = bmp_file(bmp_header(*fields), rows, tables + bytes(len(secret)))

    assert strip(data, scan(data, LIMITS)) == clean
    assert strip(clean, scan(clean, LIMITS)) is clean
