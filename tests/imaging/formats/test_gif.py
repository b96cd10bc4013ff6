"""GIF: blocks and sub-blocks, extensions that are kept and cut."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from PIL import Image

from gateway.imaging.errors import PictureError
from gateway.imaging.formats import scan, strip
from gateway.imaging.limits import PictureLimits

LIMITS = PictureLimits()
Build = Callable[..., bytes]
PIXELS = b"\x02\x02\x84\x51\0"
NETSCAPE = b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0"


def control(*, transparent: bool) -> bytes:
    return struct.pack("<BBBBHBB", 0x21, 0xF9, 4, transparent, 10, 0, 0)


def image(x: int = 0, y: int = 0, width: int = 2, height: int = 1, pixels: bytes = PIXELS) -> bytes:
    return struct.pack("<BHHHHB", 0x2C, x, y, width, height, 0) + pixels


def gif(*blocks: bytes, screen: tuple[int, int] = (2, 1)) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + b"".join(blocks) + b";"


@pytest.mark.parametrize(
    "extension",
    [
        b"!\xfe\x07a place\0",
        b"!\xfe\x01a\xff" + b"b" * 255 + b"\0",
        b"!\xfe\0",
        b"!\x01\x0c" + bytes(12) + b"\4text\0",
        b"!\xff\x0bXMP DataXMP<x:xmpmeta/>\1" + bytes(range(255, -1, -1)) + b"\0",
        b"!\xff\x0bImageMagick\5notes\0",
        b"!\xff\0",
        b"!\x42\3abc\0",
    ],
)
def test_extensions_that_tell_something_are_cut(extension: bytes) -> None:
    data = gif(NETSCAPE, extension, image(), extension)
    assert strip(data, scan(data, LIMITS)) == gif(NETSCAPE, image())


@pytest.mark.parametrize(
    "extension",
    [
        NETSCAPE,
        NETSCAPE.replace(b"NETSCAPE2.0", b"ANIMEXTS1.0"),
        b"!\xff\x0bICCRGBG1012\7profile\0",
        b"!\xff\x0bC2PA_GIF\1\0\0\3box\0",
        control(transparent=False),
    ],
)
def test_loops_profile_and_provenance_stay(extension: bytes) -> None:
    data = gif(extension, image())
    found = scan(data, LIMITS)
    assert found.private == ()
    assert strip(data, found) is data


@pytest.mark.parametrize(
    ("blocks", "alpha"),
    [
        ([control(transparent=True), image()], True),
        ([control(transparent=False), image(), control(transparent=True), image()], False),
        ([control(transparent=True), control(transparent=False), image()], False),
        ([b"!\xf9\0", image()], False),
    ],
)
def test_alpha_is_that_of_the_first_frame(blocks: list[bytes], *, alpha: bool) -> None:
    assert scan(gif(*blocks), LIMITS).has_alpha is alpha


def test_first_frame_enlarges_the_screen() -> None:
    found = scan(gif(image(3, 4), screen=(0, 0)), LIMITS)
    assert (found.width, found.height) == (5, 5)
    with pytest.raises(PictureError, match="is 65535 x 2 pixels; a side of at most 16384"):
        scan(gif(image(0, 1, 65535, 1)), LIMITS)


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ([], "no pixels"),
        ([b"!\xfe\1a\0"], "no pixels"),
        ([image(width=0)], "image without pixels"),
        ([image(pixels=b"\x02\0")], "image without pixels"),
        ([image(pixels=b"\x0c" + PIXELS[1:])], "begins wrongly"),
        ([image(pixels=b"\x00" + PIXELS[1:])], "begins wrongly"),
        ([image(), image(1)], "frame reaches outside"),
        ([image(), image(0, 1)], "frame reaches outside"),
        ([image(), b"\x42"], "block of no known kind"),
    ],
)
def test_files_that_cannot_be(blocks: list[bytes], words: str) -> None:
    with pytest.raises(PictureError, match=words):
        scan(gif(*blocks), LIMITS)


def test_every_shorter_file_is_truncated() -> None:
    whole = gif(NETSCAPE, control(transparent=True), image(), image())
    for length in range(6, len(whole)):
        with pytest.raises(PictureError, match="The GIF is truncated"):
            scan(whole[:length], LIMITS)


def test_local_colour_tables_are_passed_over(
    saved: Build, painted: Callable[..., Image.Image], frames: Callable[[bytes], object]
) -> None:
    palettes = [painted("RGB", seed).quantize(200) for seed in (5, 6, 7)]
    data = saved(palettes[0], "GIF", save_all=True, append_images=palettes[1:], optimize=False)
    found = scan(data, LIMITS)
    assert found.frames == 3
    assert frames(strip(data, found)) == frames(data)


def test_old_version_is_taken() -> None:
    assert scan(gif(image()).replace(b"89a", b"87a"), LIMITS).frames == 1


def test_too_many_pieces_are_refused() -> None:
    for blocks in (b"!\xfe" + b"\1a" * 70_000 + b"\0", b"!\xfe\0" * 40_000):
        with pytest.raises(PictureError, match="too many pieces"):
            scan(gif(blocks, image()), LIMITS)
