"""WebP: the RIFF container, its flags and sizes, bitstream headers, what is kept and what is cut."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from gateway.imaging.errors import PictureError
from gateway.imaging.formats import scan, strip
from gateway.imaging.limits import PictureLimits

LIMITS = PictureLimits()
ALPHA, EXIF, XMP, ANIMATED = 0x10, 0x08, 0x04, 0x02
Build = Callable[..., bytes]


def lossless(width: int, height: int, *, alpha: bool = False) -> bytes:
    return struct.pack("<BI", 0x2F, width - 1 | height - 1 << 14 | alpha << 28)


def lossy(width: int, height: int, *, tag: int = 0) -> bytes:
    return tag.to_bytes(3, "little") + b"\x9d\x01\x2a" + struct.pack("<HH", width, height)


def canvas(flags: int, width: int, height: int) -> bytes:
    return struct.pack("<I", flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def frame(x: int, y: int, width: int, height: int) -> bytes:
    return b"".join(number.to_bytes(3, "little") for number in (x // 2, y // 2, width - 1, height - 1, 40)) + b"\0"


@pytest.fixture
def webp(riff_file: Build, riff_chunk: Build) -> Build:
    """A file of chunks, each given as its kind and its body."""
    return lambda *chunks: riff_file(b"".join(riff_chunk(*chunk) for chunk in chunks))


def test_flags_and_sizes_follow_the_cut(webp: Build, camera_exif: Build) -> None:
    pixels = (b"VP8L", lossless(7, 5))
    data = webp(
        (b"VP8X", canvas(EXIF | XMP, 7, 5)),
        pixels,
        (b"EXIF", camera_exif(1)),
        (b"XMP ", b"odd"),
        (b"note", b"a"),
    )
    assert strip(data, scan(data, LIMITS)) == webp((b"VP8X", canvas(0, 7, 5)), pixels)


def test_orientation_keeps_its_flag(webp: Build, camera_exif: Build, secret: bytes) -> None:
    header = canvas(EXIF | XMP, 7, 5)
    data = webp((b"VP8X", header), (b"VP8L", lossless(7, 5)), (b"XMP ", b"odd"), (b"EXIF", camera_exif(6)))
    found = scan(data, LIMITS)
    clean = strip(data, found)
    assert (found.width, found.height) == (5, 7)
    assert clean[20] == EXIF
    assert int.from_bytes(clean[4:8], "little") == len(clean) - 8
    assert secret not in clean


def test_exif_that_is_not_announced_does_not_turn(webp: Build, camera_exif: Build) -> None:
    data = webp((b"VP8X", canvas(0, 7, 5)), (b"VP8L", lossless(7, 5)), (b"EXIF", camera_exif(6)))
    found = scan(data, LIMITS)
    assert found.orientation == 1
    assert strip(data, found) == webp((b"VP8X", canvas(0, 7, 5)), (b"VP8L", lossless(7, 5)))


def test_profile_and_provenance_stay(webp: Build) -> None:
    data = webp((b"VP8X", canvas(0x20, 7, 5)), (b"ICCP", b"profile"), (b"VP8L", lossless(7, 5)), (b"C2PA", b"box"))
    found = scan(data, LIMITS)
    assert found.private == ()
    assert strip(data, found) is data


def test_chunks_behind_a_simple_file_go(webp: Build) -> None:
    data = webp((b"VP8L", lossless(7, 5)), (b"EXIF", b"a place"), (b"XMP ", b"a prompt"))
    assert strip(data, scan(data, LIMITS)) == webp((b"VP8L", lossless(7, 5)))


def test_flags_stay_when_only_trailing_bytes_go(webp: Build) -> None:
    whole = webp((b"VP8X", canvas(XMP, 7, 5)), (b"VP8L", lossless(7, 5)))
    data = whole + b"trailing"
    assert strip(data, scan(data, LIMITS)) == whole


@pytest.mark.parametrize(
    ("chunks", "alpha"),
    [
        ([(b"VP8L", lossless(7, 5))], False),
        ([(b"VP8L", lossless(7, 5, alpha=True))], True),
        ([(b"VP8X", canvas(ALPHA, 7, 5)), (b"VP8 ", lossy(7, 5))], True),
        ([(b"VP8X", canvas(0, 7, 5)), (b"ALPH", b"\0"), (b"VP8 ", lossy(7, 5))], True),
        ([(b"VP8X", canvas(0, 7, 5)), (b"VP8 ", lossy(7, 5))], False),
    ],
)
def test_alpha_is_told_in_three_places(webp: Build, chunks: list[tuple[bytes, bytes]], *, alpha: bool) -> None:
    assert scan(webp(*chunks), LIMITS).has_alpha is alpha


def test_sizes_use_all_their_bits(webp: Build) -> None:
    wide = PictureLimits(max_side=1 << 24)
    for data, size in (
        (webp((b"VP8 ", lossy(16383, 3))), (16383, 3)),
        (webp((b"VP8 ", lossy(0xC000 | 7, 0x4000 | 5))), (7, 5)),  # two bits of scaling on top
        (webp((b"VP8L", lossless(16384, 2))), (16384, 2)),
    ):
        found = scan(data, wide)
        assert (found.width, found.height) == size


def test_canvas_of_an_animation_has_24_bits(webp: Build, riff_chunk: Build) -> None:
    picture = frame(0, 0, 7, 5) + riff_chunk(b"VP8L", lossless(7, 5))
    data = webp((b"VP8X", canvas(ANIMATED, 1 << 24, 5)), (b"ANIM", bytes(6)), (b"ANMF", picture))
    with pytest.raises(PictureError, match="is 16777216 x 5 pixels; a side of at most 16384"):
        scan(data, LIMITS)


@pytest.mark.parametrize(
    ("place", "inner", "words"),
    [
        ((0, 0, 7, 5), lossless(7, 5), None),
        ((2, 0, 5, 5), lossless(5, 5), None),
        ((2, 0, 7, 5), lossless(7, 5), "frame reaches outside"),
        ((0, 2, 7, 5), lossless(7, 5), "frame reaches outside"),
        ((0, 0, 7, 5), lossless(6, 5), "different sizes"),
        ((0, 0, 7, 5), b"", "truncated"),
    ],
)
def test_frames_lie_on_the_canvas(
    webp: Build, riff_chunk: Build, place: tuple[int, int, int, int], inner: bytes, words: str | None
) -> None:
    picture = frame(*place) + riff_chunk(b"VP8L", inner)
    data = webp((b"VP8X", canvas(ANIMATED, 7, 5)), (b"ANIM", bytes(6)), (b"ANMF", picture), (b"ANMF", picture))
    if words is None:
        assert scan(data, LIMITS).frames == 2
        return
    with pytest.raises(PictureError, match=words):
        scan(data, LIMITS)


@pytest.mark.parametrize(
    ("chunks", "words"),
    [
        ([], "is empty"),
        ([(b"EXIF", b"first")], "begin with its header"),
        ([(b"VP8 ", lossy(7, 5, tag=1))], "key frame"),
        ([(b"VP8 ", lossy(7, 5).replace(b"\x2a", b"\x2b"))], "key frame"),
        ([(b"VP8 ", lossy(7, 5, tag=200 << 5))], "truncated"),
        ([(b"VP8 ", lossy(0, 5))], "no pixels"),
        ([(b"VP8 ", lossy(7, 5)[:-1])], "truncated"),
        ([(b"VP8L", b"\x2e" + lossless(7, 5)[1:])], "begin with their header"),
        ([(b"VP8L", lossless(7, 5)[:-1] + b"\x20")], "begin with their header"),
        ([(b"VP8X", canvas(0, 7, 5)[:-1]), (b"VP8L", lossless(7, 5))], "truncated"),
        ([(b"VP8X", canvas(0, 7, 5))], "no pixels"),
        ([(b"VP8X", canvas(0, 7, 6)), (b"VP8L", lossless(7, 5))], "different sizes"),
        ([(b"VP8X", canvas(ANIMATED, 7, 5)), (b"VP8L", lossless(7, 5))], "no header"),
        ([(b"VP8X", canvas(ANIMATED, 7, 5)), (b"ANIM", bytes(6))], "no frames"),
    ],
)
def test_files_that_cannot_be(webp: Build, chunks: list[tuple[bytes, bytes]], words: str) -> None:
    with pytest.raises(PictureError, match=words):
        scan(webp(*chunks), LIMITS)


def test_container_larger_than_the_file(webp: Build) -> None:
    whole = webp((b"VP8L", lossless(7, 5)))
    for length in range(12, len(whole)):
        with pytest.raises(PictureError, match="The WebP is truncated"):
            scan(whole[:length], LIMITS)


def test_chunk_larger_than_the_container(webp: Build) -> None:
    whole = bytearray(webp((b"VP8L", lossless(7, 5))))
    whole[16] += 2
    with pytest.raises(PictureError, match="a chunk reaches past the end"):
        scan(bytes(whole), LIMITS)


def test_too_many_chunks_are_refused(webp: Build) -> None:
    with pytest.raises(PictureError, match="too many pieces"):
        scan(webp((b"VP8L", lossless(7, 5)), *[(b"note",)] * 70_000), LIMITS)
