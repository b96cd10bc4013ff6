"""What holds for all formats: agreement with Pillow, clean cuts, limits, and walks that never fall over."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gateway.images import ImageFormat
from gateway.imaging.errors import PictureError
from gateway.imaging.formats import Scan, scan, sniff, strip
from gateway.imaging.limits import PictureLimits

LIMITS = PictureLimits()
ORIENTATION = 0x0112
Frames = Callable[[bytes], list[tuple[tuple[int, int], bytes]]]
MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\x40\0\0\0WEBPVP8X", b"BM")


def survives(data: bytes) -> None:
    """Any bytes give a scan or a `PictureError`; what gave a scan can be stripped, and is clean then."""
    try:
        found = scan(data, LIMITS)
    except PictureError:
        return
    again = scan(strip(data, found), LIMITS)
    assert again == replace(found, edits=())


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Damage as transfers, disks and attackers do it; PNG checksums are made right again every other time."""
    at, length = chance.randrange(len(data)), chance.choice((1, 1, 1, 2, 4, 16))
    filling = chance.choice((b"", chance.randbytes(length), b"\xff" * length, bytes(length)))
    moved = data[chance.randrange(len(data)) :][: chance.randrange(64)]
    changed = data[:at] + chance.choice((filling, moved)) + data[at + length * chance.randrange(2) :]
    return repair_checksums(changed) if chance.randrange(2) else changed


def repair_checksums(data: bytes) -> bytes:
    fixed, at = bytearray(data), 8
    while data.startswith(b"\x89PNG") and (stop := at + 8 + int.from_bytes(data[at : at + 4])) + 4 <= len(data):
        fixed[stop : stop + 4] = zlib.crc32(data[at + 4 : stop]).to_bytes(4)
        at = stop + 4
    return bytes(fixed)


def test_header_agrees_with_pillow(sample: bytes) -> None:
    found = scan(sample, LIMITS)
    with Image.open(io.BytesIO(sample)) as image:
        orientation = image.getexif().get(ORIENTATION, 1)
        size = image.size if orientation < 5 else image.size[::-1]
        frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
        assert found.format == (image.format or "").replace("MPO", "JPEG").lower()
        assert (found.width, found.height, found.orientation) == (*size, orientation)
        assert (found.has_alpha, found.frames) == (image.has_transparency_data, frames)
        assert found.animated == (frames > 1)


def test_strip_keeps_pixels_and_profile(sample: bytes, frames: Frames) -> None:
    found = scan(sample, LIMITS)
    clean = strip(sample, found)
    # Of an MPO the first picture stays, which is all that anybody shows.
    assert frames(clean) == frames(sample)[: found.frames]
    with Image.open(io.BytesIO(sample)) as before, Image.open(io.BytesIO(clean)) as after:
        assert after.info.get("icc_profile") == before.info.get("icc_profile")
        assert after.info.get("loop") == before.info.get("loop")


def test_strip_leaves_nothing_to_cut(sample: bytes, secret: bytes) -> None:
    found = scan(sample, LIMITS)
    clean = strip(sample, found)
    again = scan(clean, LIMITS)
    assert again == replace(found, edits=())
    assert again.private == ()
    assert secret not in clean
    assert strip(clean, again) is clean


def test_strip_keeps_the_picture_upright(sample: bytes) -> None:
    clean = strip(sample, scan(sample, LIMITS))
    with Image.open(io.BytesIO(sample)) as before, Image.open(io.BytesIO(clean)) as after:
        orientation = before.getexif().get(ORIENTATION, 1)
        assert dict(after.getexif()) == ({} if orientation == 1 else {ORIENTATION: orientation})


def test_private_covers_what_strip_leaves_out(samples: dict[str, bytes], secret: bytes) -> None:
    data = samples["png-text"]
    private = scan(data, LIMITS).private
    assert len(private) == 3
    assert data.count(secret) == 2  # the third one is compressed
    assert sum(data[start:stop].count(secret) for start, stop in private) == 2


def test_bytes_behind_the_end_go(samples: dict[str, bytes]) -> None:
    for name in ("png-RGB", "jpeg-RGB", "webp-lossy", "webp-animated", "gif-animated"):
        clean = strip(samples[name], scan(samples[name], LIMITS))
        polyglot = clean + b"PK\x03\x04 a second file"
        found = scan(polyglot, LIMITS)
        assert found.private == ((len(clean), len(polyglot)),)
        assert strip(polyglot, found) == clean


def test_every_shorter_file_is_truncated(sample: bytes) -> None:
    whole = strip(sample, scan(sample, LIMITS))
    bitmap = whole.startswith(b"BM")
    for length in range(14, len(whole) - 3 if bitmap else len(whole), 1 + len(whole) // 500):
        with pytest.raises(PictureError):
            scan(whole[:length], LIMITS)


def test_a_view_reads_like_bytes(sample: bytes) -> None:
    framed = memoryview(b"before" + sample + b"after")[6:-5]
    assert scan(framed, LIMITS) == scan(sample, LIMITS)
    assert sniff(framed) is scan(framed, LIMITS).format


def test_names_and_claims_do_not_count() -> None:
    assert sniff(b"\xff\xd8\xff\xe0 photo.png") is ImageFormat.JPEG
    assert sniff(b"RIFF\0\0\0\0WAVE") is None
    assert sniff(b"GIF88a") is None
    assert sniff(b"") is None


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (PictureLimits(max_bytes=100), "has .* bytes; at most 100 are accepted"),
        (PictureLimits(max_pixels=116), "is 13 x 9 pixels; at most 116 pixels in all are accepted"),
        (PictureLimits(max_side=12), "is 13 x 9 pixels; a side of at most 12 is accepted"),
    ],
)
def test_limits_are_named(samples: dict[str, bytes], limits: PictureLimits, words: str) -> None:
    for name in ("png-RGB", "jpeg-RGB", "webp-lossy", "gif-RGB", "bmp-RGB"):
        with pytest.raises(PictureError, match=words):
            scan(samples[name], limits)


def test_limits_themselves_are_allowed(samples: dict[str, bytes]) -> None:
    data = samples["png-RGB"]
    found = scan(data, PictureLimits(max_bytes=len(data), max_pixels=13 * 9, max_side=13))
    assert (found.width, found.height) == (13, 9)


def test_scans_are_values(samples: dict[str, bytes]) -> None:
    found = scan(samples["png-text"], LIMITS)
    assert found == scan(samples["png-text"], LIMITS)
    assert hash(found) != hash(Scan(format=ImageFormat.PNG, width=1, height=1))


def test_ten_thousand_mutations(samples: dict[str, bytes]) -> None:
    chance = random.Random(20)
    small = [data for data in samples.values() if len(data) < 4000]
    for number in range(10_000):
        damaged = mutate(small[number % len(small)], chance)
        survives(mutate(damaged, chance) if chance.randrange(2) else damaged)


@settings(max_examples=300, deadline=None)
@given(magic=st.sampled_from(MAGIC), body=st.binary(max_size=200))
def test_any_bytes_behind_a_magic(magic: bytes, body: bytes) -> None:
    survives(magic + body)


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=64))
def test_any_bytes(data: bytes) -> None:
    survives(data)
