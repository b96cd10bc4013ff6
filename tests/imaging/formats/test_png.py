"""PNG: chunks, checksums, what is kept and what is cut."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from gateway.imaging.errors import PictureError
from gateway.imaging.formats import scan, strip
from gateway.imaging.limits import PictureLimits

LIMITS = PictureLimits()
SIGNATURE = b"\x89PNG\r\n\x1a\n"
Build = Callable[..., bytes]


@pytest.fixture
def png(chunk: Build) -> Build:
    """A grey picture of 2 by 2; parameters replace or add parts."""

    def build(*, header: bytes | None = None, before: bytes = b"", after: bytes = b"", pixels: bytes = b"") -> bytes:
        first = chunk(b"IHDR", header or struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
        data = pixels or chunk(b"IDAT", zlib.compress(b"\0ab\0cd"))
        return SIGNATURE + first + before + data + after + chunk(b"IEND")

    return build


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt", "eXIf", "tIME", "sPLT", "prVt", "vpAg", "dSIG"])
def test_chunks_that_tell_something_are_cut(png: Build, chunk: Build, kind: str) -> None:
    note = chunk(kind.encode(), b"prompt\0a place")
    for data in (png(before=note), png(after=note)):
        assert strip(data, scan(data, LIMITS)) == png()


@pytest.mark.parametrize(
    "kind", ["iCCP", "sRGB", "gAMA", "cHRM", "sBIT", "cICP", "bKGD", "pHYs", "tRNS", "caBX", "acTL", "fdAT"]
)
def test_chunks_that_change_the_picture_stay(png: Build, chunk: Build, kind: str) -> None:
    data = png(before=chunk(kind.encode(), b"anything"))
    found = scan(data, LIMITS)
    assert found.private == ()
    assert strip(data, found) is data


def test_bombs_are_not_inflated(png: Build, chunk: Build) -> None:
    bomb = zlib.compress(bytes(30_000_000), 9)
    data = png(before=chunk(b"iCCP", b"p\0\0" + bomb) + chunk(b"zTXt", b"t\0\0" + bomb))
    clean = strip(data, scan(data, LIMITS))
    assert b"iCCP" in clean
    assert b"zTXt" not in clean


def test_orientation_behind_the_pixels_counts(png: Build, chunk: Build, camera_exif: Build, secret: bytes) -> None:
    data = png(after=chunk(b"eXIf", camera_exif(6)))
    found = scan(data, LIMITS)
    clean = strip(data, found)
    assert found.orientation == scan(clean, LIMITS).orientation == 6
    assert len(clean) == len(png()) + 12 + 26
    assert secret not in clean


def test_only_the_first_exif_counts(png: Build, chunk: Build, camera_exif: Build) -> None:
    data = png(before=chunk(b"eXIf", camera_exif(3)) + chunk(b"eXIf", camera_exif(8)))
    clean = strip(data, scan(data, LIMITS))
    assert scan(clean, LIMITS).orientation == 3
    assert clean.count(b"eXIf") == 1


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (struct.pack(">IIBBBBB", 0, 2, 8, 0, 0, 0, 0), "no pixels"),
        (struct.pack(">IIBBBBB", 2, 2**31, 8, 0, 0, 0, 0), "no pixels"),
        (struct.pack(">IIBBBBB", 2, 2, 3, 0, 0, 0, 0), "kind of pixels"),
        (struct.pack(">IIBBBBB", 2, 2, 4, 2, 0, 0, 0), "kind of pixels"),
        (struct.pack(">IIBBBBB", 2, 2, 8, 5, 0, 0, 0), "kind of pixels"),
        (struct.pack(">IIBBBBB", 2, 2, 8, 0, 1, 0, 0), "kind of pixels"),
        (struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 2), "kind of pixels"),
        (struct.pack(">IIBBBBB", 2, 2, 8, 3, 0, 0, 0), "palette is missing"),
        (b"short", "begin with its header"),
        (struct.pack(">IIBBBBB", 5000, 5000, 8, 0, 0, 0, 0), "fewer pixels than its header promises"),
    ],
)
def test_headers_that_cannot_be(png: Build, header: bytes, words: str) -> None:
    with pytest.raises(PictureError, match=words):
        scan(png(header=header), LIMITS)


def test_chunks_out_of_order(png: Build, chunk: Build) -> None:
    pixels = chunk(b"IDAT", zlib.compress(b"\0ab\0cd"))
    for data, words in (
        (png().replace(pixels, b""), "no pixels"),
        (png(before=png()[8:33]), "two headers"),
        (SIGNATURE + png()[33:], "begin with its header"),
        (png(pixels=pixels + chunk(b"tEXt") + pixels), "not in one piece"),
        (png(before=chunk(b"CgBI", b"\x50\0\x20\2")), "no standard names"),
        (png(before=chunk(b"a\0b!")), "no proper name"),
    ):
        with pytest.raises(PictureError, match=words):
            scan(data, LIMITS)


def test_every_flipped_byte_is_found(png: Build, chunk: Build) -> None:
    whole = png(before=chunk(b"tEXt", b"a\0b"))
    for at in range(4, len(whole)):
        flipped = whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :]
        with pytest.raises(PictureError, match=r"damaged|truncated"):
            scan(flipped, LIMITS)


def test_checksum_names_the_chunk(png: Build) -> None:
    with pytest.raises(PictureError, match=r"^The PNG is damaged: the checksum of its IDAT chunk is wrong$"):
        scan(png().replace(b"IDAT\x78", b"IDAT\x79"), LIMITS)


def test_lengths_that_lie(png: Build) -> None:
    whole = png()
    for length, words in ((b"\0\0\xff\xff", "truncated"), (b"\xff\xff\xff\xff", "no proper name or length")):
        with pytest.raises(PictureError, match=words):
            scan(whole[:33] + length + whole[37:], LIMITS)


def test_signature_in_front_of_another_picture(samples: dict[str, bytes]) -> None:
    with pytest.raises(PictureError, match="The PNG is damaged"):
        scan(SIGNATURE + samples["jpeg-RGB"], LIMITS)
    with pytest.raises(PictureError, match="its signature was altered"):
        scan(samples["png-RGB"].replace(b"\r\n", b"\n"), LIMITS)


def test_frame_outside_the_canvas(png: Build, chunk: Build) -> None:
    animation = chunk(b"acTL", struct.pack(">II", 1, 0))
    frame = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 2, 2, 1, 0, 1, 10, 0, 0))
    with pytest.raises(PictureError, match="frame reaches outside"):
        scan(png(before=animation + frame), LIMITS)


def test_frames_count_only_with_an_animation_header(samples: dict[str, bytes], chunk: Build) -> None:
    animated = samples["apng"]
    control = chunk(b"acTL", struct.pack(">II", 3, 0))
    assert control in animated
    assert scan(animated, LIMITS).frames == 3
    assert scan(animated.replace(control, b""), LIMITS).frames == 1


def test_still_picture_in_front_of_an_animation(
    saved: Build, painted: Callable[..., Image.Image], frames: Callable[[bytes], object]
) -> None:
    data = saved(
        painted("RGB"),
        "PNG",
        save_all=True,
        default_image=True,
        append_images=[painted("RGB", 2), painted("RGB", 3)],
    )
    found = scan(data, LIMITS)
    assert found.frames == 2
    assert frames(strip(data, found)) == frames(data)


def test_too_many_chunks_are_refused(png: Build, chunk: Build) -> None:
    with pytest.raises(PictureError, match="too many pieces"):
        scan(png(before=chunk(b"tEXt") * 70_000), LIMITS)
