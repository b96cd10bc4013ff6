"""JPEG: markers, scans, what is kept and what is cut."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from gateway.imaging.errors import PictureError
from gateway.imaging.formats import scan, strip
from gateway.imaging.limits import PictureLimits

LIMITS = PictureLimits()
EOI = b"\xff\xd9"
Build = Callable[..., bytes]


@pytest.fixture
def jpeg(samples: dict[str, bytes]) -> bytes:
    return samples["jpeg-RGB"]


def insert(jpeg: bytes, segment: bytes) -> bytes:
    """Put a segment behind the JFIF header."""
    return jpeg[:20] + segment + jpeg[20:]


@pytest.mark.parametrize(
    ("marker", "body"),
    [
        (0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0"),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
        (0xE1, b"http://ns.adobe.com/xmp/extension/\0"),
        (0xE0, b"JFXX\0\x10a thumbnail"),
        (0xE0, b"JFIF\0\1"),
        (0xE2, b"MPF\0MM\0*"),
        (0xE2, b"FPXR\0"),
        (0xE3, b"META\0"),
        (0xEB, b"HDR_RI ver=11"),
        (0xEB, b"JP\0\1\0\0\0\1\0\0\0\x10xml "),
        (0xEC, b"Ducky"),
        (0xED, b"Photoshop 3.0\0008BIM\4\4"),
        (0xEE, b"Adob"),
        (0xFE, b"prompt: a place"),
        (0xFE, b""),
    ],
)
def test_segments_that_tell_something_are_cut(jpeg: bytes, segment: Build, marker: int, body: bytes) -> None:
    data = insert(jpeg, segment(marker, body))
    assert strip(data, scan(data, LIMITS)) == jpeg


@pytest.mark.parametrize(
    ("marker", "body"),
    [
        (0xE2, b"ICC_PROFILE\0\1\1" + bytes(128)),
        (0xEB, b"JP\0\1\0\0\0\1\0\0\0\x10jumb" + bytes(8)),
        (0xEE, b"Adobe\0\x64\0\0\0\0\1"),
    ],
)
def test_colours_and_provenance_stay(jpeg: bytes, segment: Build, marker: int, body: bytes) -> None:
    data = insert(jpeg, segment(marker, body))
    found = scan(data, LIMITS)
    assert found.private == ()
    assert strip(data, found) is data


def test_thumbnail_in_the_jfif_header_is_cut(jpeg: bytes, segment: Build, frames: Build) -> None:
    body = jpeg[6:20]
    with_thumbnail = jpeg[:2] + segment(0xE0, body[:-2] + b"\x02\x01secret") + jpeg[20:]
    clean = strip(with_thumbnail, scan(with_thumbnail, LIMITS))
    assert clean == jpeg
    assert frames(with_thumbnail) == frames(clean)


def test_an_end_inside_a_thumbnail_does_not_end_the_picture(jpeg: bytes, segment: Build) -> None:
    data = insert(jpeg, segment(0xE1, b"Exif\0\0" + jpeg))
    assert strip(data, scan(data, LIMITS)) == jpeg
    with pytest.raises(PictureError, match="The JPEG is truncated"):
        scan(data[: -len(EOI)], LIMITS)


def test_comment_between_two_scans_is_cut(samples: dict[str, bytes], segment: Build, frames: Build) -> None:
    progressive = samples["jpeg-progressive"]
    second = progressive.index(b"\xff\xda", progressive.index(b"\xff\xda") + 2)
    last = progressive.rindex(b"\xff\xc4", 0, second)
    data = progressive[:last] + segment(0xFE, b"a place") + progressive[last:]
    assert strip(data, scan(data, LIMITS)) == progressive
    assert frames(data) == frames(progressive)


def test_exif_behind_the_first_scan_does_not_turn(jpeg: bytes, segment: Build, camera_exif: Build) -> None:
    data = jpeg[: -len(EOI)] + segment(0xE1, b"Exif\0\0" + camera_exif(6)) + EOI
    found = scan(data, LIMITS)
    assert found.orientation == 1
    assert strip(data, found) == jpeg


def test_fill_bytes_are_taken(jpeg: bytes, segment: Build, camera_exif: Build, frames: Build) -> None:
    data = insert(jpeg, b"\xff\xff\xff" + segment(0xE1, b"Exif\0\0" + camera_exif(6)) + b"\xff\xff")
    data = data[: -len(EOI)] + b"\xff\xff" + EOI
    clean = strip(data, scan(data, LIMITS))
    assert scan(clean, LIMITS).orientation == 6
    assert frames(clean) == frames(jpeg)
    with Image.open(io.BytesIO(clean)) as image:
        assert dict(image.getexif()) == {0x0112: 6}


def test_second_picture_of_an_mpo_goes(samples: dict[str, bytes]) -> None:
    data = samples["mpo"]
    clean = strip(data, scan(data, LIMITS))
    assert b"MPF\0" not in clean
    assert clean.count(b"\xff\xd8\xff") == 1
    with Image.open(io.BytesIO(clean)) as image:
        assert image.format == "JPEG"


@pytest.mark.parametrize("code", [0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7])
def test_codings_that_nobody_reads(jpeg: bytes, code: int) -> None:
    with pytest.raises(PictureError, match="lossless or hierarchical; accepted are baseline and progressive"):
        scan(jpeg.replace(b"\xff\xc0", bytes([0xFF, code])), LIMITS)


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (4, b"\x0c", "has 12 bits a sample; accepted are 8"),
        (5, b"\0\0", "no pixels"),
        (7, b"\0\0", "no pixels"),
        (9, b"\2", "no proper length"),
        (2, b"\0\1", "no proper length"),
        (2, b"\0\2", "truncated|damaged"),
        (0, b"\xff\xfe", "no pixels"),
        (0, b"\0\0", "a marker is missing"),
        (0, b"\xff\x42", "marker where none can be"),
        (0, b"\xff\xd0", "marker where none can be"),
    ],
)
def test_headers_that_cannot_be(jpeg: bytes, at: int, value: bytes, words: str) -> None:
    frame = jpeg.index(b"\xff\xc0") + at
    with pytest.raises(PictureError, match=words):
        scan(jpeg[:frame] + value + jpeg[frame + len(value) :], LIMITS)


def test_two_components(jpeg: bytes, segment: Build) -> None:
    frame = jpeg.index(b"\xff\xc0")
    two = segment(0xC0, b"\x08\0\x09\0\x0d\2" + bytes(6))
    with pytest.raises(PictureError, match="has 2 components; accepted are 1, 3 or 4"):
        scan(jpeg[:frame] + two + jpeg[frame + 19 :], LIMITS)


def test_order_of_headers_and_scans(jpeg: bytes) -> None:
    frame, first = jpeg.index(b"\xff\xc0"), jpeg.index(b"\xff\xda")
    header = jpeg[frame : frame + 19]
    for data, words in (
        (jpeg[:frame] + header + jpeg[frame:], "two headers"),
        (jpeg[:first] + EOI, "no pixels"),
        (jpeg[:frame] + jpeg[first:], "no pixels"),
        (jpeg[:frame] + jpeg[frame + 19 : -2] + header + EOI, "pixels come before its header"),
        (jpeg[: -len(EOI)] + jpeg[first:-2] * 64 + EOI, "more than 64 scans"),
    ):
        with pytest.raises(PictureError, match=words):
            scan(data, LIMITS)


def test_restart_markers_and_stuffed_bytes_are_data(jpeg: bytes) -> None:
    data = jpeg[: -len(EOI)] + b"\xff\x00\xff\xd0\xff\xd7\xff\x00" * 200 + EOI
    assert scan(data, LIMITS).private == ()
    with pytest.raises(PictureError, match="truncated"):
        scan(data[: -len(EOI)] + b"\xff", LIMITS)


@pytest.mark.parametrize("stuffing", [b"\xff", b"\xff\x00", b"\xff\xd3"])
def test_long_runs_take_linear_time(jpeg: bytes, stuffing: bytes) -> None:
    # Were it quadratic, two million bytes would take hours.
    data = jpeg[: -len(EOI)] + stuffing * (2_000_000 // len(stuffing))
    assert scan(data + EOI, LIMITS).private == ()
    with pytest.raises(PictureError, match="truncated"):
        scan(data, LIMITS)


def test_too_many_segments_are_refused(jpeg: bytes, segment: Build) -> None:
    with pytest.raises(PictureError, match="too many pieces"):
        scan(insert(jpeg, segment(0xFE) * 70_000), LIMITS)
