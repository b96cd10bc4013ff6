"""Pictures that are made to do harm, each under a name: lies, bombs, other formats in disguise, and damage."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from functools import cache

from PIL import Image

SIDES = ((16_385, 1), (1, 16_385), (65_535, 65_535), (7_000, 7_000), (16_384, 16_384))
"""Width and height that are beyond the limits, and fit into every format's header."""
MIB = 2**20


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    """Of a PNG, with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int, height: int, *, before: bytes = b"", data: bytes | None = None, kind: tuple[int, int] = (8, 2)
) -> bytes:
    """A PNG of 8-bit colour by default. `before` stands between the header and the pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, *kind, 0, 0, 0))
    rows = zlib.compress((b"\0" + bytes(width * 3)) * height) if data is None else data
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", rows) + chunk(b"IEND")


@cache
def zeros(size: int) -> bytes:
    """So many, a thousandth as large."""
    packer = zlib.compressobj(1)
    return b"".join([*(packer.compress(bytes(MIB)) for _ in range(size // MIB)), packer.flush()])


def saved(form: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(buffer, form, **options)
    return buffer.getvalue()


def at(data: bytes, offset: int, patch: bytes) -> bytes:
    return data[:offset] + patch + data[offset + len(patch) :]


def lies() -> Iterator[tuple[str, bytes]]:
    """Small files that say that they are large."""
    jpeg, webp, lossless = saved("JPEG"), saved("WEBP"), saved("WEBP", lossless=True)
    frame = jpeg.index(b"\xff\xc0") + 5
    for width, height in SIDES:
        name = f"{width} x {height}"
        yield f"PNG {name}", png(width, height, data=zlib.compress(b"\0"))
        yield f"GIF {name}", at(saved("GIF", mode="P"), 6, struct.pack("<HH", width, height))
        yield f"BMP {name}", at(saved("BMP"), 18, struct.pack("<ii", width, -height))
        yield f"JPEG {name}", at(jpeg, frame, struct.pack(">HH", height, width))
        if max(width, height) <= 16_384:
            yield f"WebP {name}", at(webp, 26, struct.pack("<HH", width & 0x3FFF, height & 0x3FFF))
            yield f"lossless WebP {name}", at(lossless, 21, struct.pack("<I", (height - 1) << 14 | (width - 1)))
    for width, height in ((0, 1), (1, 0), (2**31 - 1, 2**31 - 1), (2**32 - 1, 1)):
        yield f"PNG {width} x {height}", png(width, height, data=zlib.compress(b"\0"))
        yield f"BMP {width} x {height}", at(saved("BMP"), 18, struct.pack("<II", width, height))


def bombs() -> Iterator[tuple[str, bytes]]:
    """Small files that are as large as they say."""
    yield "PNG of 144 Mpx", png(12_000, 12_000, data=zeros(18 * MIB), kind=(1, 0))
    yield "PNG of 49 Mpx", png(7_000, 7_000, data=zeros(147 * MIB))
    yield "GIF of 49 Mpx", _flat("GIF", (7_000, 7_000))
    yield "WebP of 42 Mpx", _flat("WEBP", (6_500, 6_400), lossless=True, method=0, quality=0)
    yield "JPEG of 49 Mpx", _flat("JPEG", (7_000, 7_000), mode="L", quality=10)
    rows = b"\xff\0" * 80 + b"\0\0"
    header = struct.pack("<IiiHHIIiiII", 40, 20_000, 20_000, 1, 8, 1, len(rows), 0, 0, 0, 0)
    yield "BMP of 400 Mpx", struct.pack("<2sIII", b"BM", 1078 + len(rows), 0, 1078) + header + bytes(1024) + rows


def _flat(form: str, size: tuple[int, int], mode: str = "1", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB" if form == "WEBP" else mode, size).save(buffer, form, **options)
    return buffer.getvalue()


def broken() -> Iterator[tuple[str, bytes]]:
    """Cut off, and damaged where the structure says how to go on."""
    whole = {form: saved(form, mode="P" if form == "GIF" else "RGB") for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP")}
    for form, data in whole.items():
        for share in (0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97):
            yield f"{form} cut at {share:.0%}", data[: max(4, int(len(data) * share))]
    data = whole["PNG"]
    yield "PNG with a wrong sum", at(data, 29, b"\0\0\0\0")
    yield "PNG without pixels", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", data[16:29]) + chunk(b"IEND")
    yield "PNG with two headers", data[:33] + data[8:33] + data[33:]
    yield "PNG with an endless chunk", at(data, 33, b"\x7f\xff\xff\xff")
    yield "PNG of no kind", at(data, 25, b"\x07")
    yield "PNG of no depth", at(data, 24, b"\x03")
    yield "JPEG without a frame", whole["JPEG"].replace(b"\xff\xc0", b"\xff\xec")
    yield "JPEG without tables", whole["JPEG"].replace(b"\xff\xc4", b"\xff\xec").replace(b"\xff\xdb", b"\xff\xec")
    yield "JPEG with an empty segment", at(whole["JPEG"], 4, b"\0\0")
    yield "GIF with a code of 13 bits", _with_code_size(whole["GIF"], 13)
    yield "GIF without a frame", whole["GIF"][:13] + b";"
    yield "WebP without a chunk", b"RIFF\x04\0\0\0WEBP"
    yield "WebP with an endless chunk", at(whole["WEBP"], 16, b"\xff\xff\xff\x7f")
    yield "BMP of 33 bits", at(whole["BMP"], 28, struct.pack("<H", 33))
    yield "BMP of an unknown packing", at(whole["BMP"], 30, struct.pack("<I", 9))
    yield "BMP whose pixels lie elsewhere", at(whole["BMP"], 10, struct.pack("<I", 2**31))
    yield "BMP with a header of no size", at(whole["BMP"], 14, struct.pack("<I", 13))


def _with_code_size(gif: bytes, bits: int) -> bytes:
    frame = gif.index(b",\0\0\0\0")
    return at(gif, frame + 10, bytes([bits]))


HEADS = (
    b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"<!DOCTYPE html><script>1</script>",
    b'<?xml version="1.0"?><!DOCTYPE a>',
    b"%PDF-1.7\n", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"8BPS\0\1", b"\0\0\0\x18ftypheic", b"\0\0\0\x1cftypavif",
    b"PK\x03\x04",
    b"\x7fELF\x02\x01\x01", b"MZ\x90\0", b"#!/bin/sh\n", b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ",
    b"v/1\x01",
    b"#?RADIANCE\n", b"SIMPLE  =", b"gimp xcf ", b"II*\0", b"MM\0*", b"FLIF", b"OggS", b"ID3\x03",
    b"\x1f\x8b\x08", b"BZh9",
    b"\xd7\xcd\xc6\x9a\0\0", b"\x01\0\0\0X\0\0\0", b"P7 332\n", b"/* XPM */", b"#define a_width 1\n",
    b"qoif\0\0\0\1", b"\n\x05\x01\x08",
)  # fmt: skip
"""How other formats begin."""
MAGIC = {
    "PNG": b"\x89PNG\r\n\x1a\n",
    "JPEG": b"\xff\xd8\xff",
    "GIF": b"GIF89a",
    "WebP": b"RIFF\0\1\0\0WEBP",
    "BMP": b"BM",
}
TAKEN = {"PNG", "JPEG", "MPO", "GIF", "WEBP", "BMP", "DIB"}


def disguised() -> Iterator[tuple[str, bytes]]:
    """Other formats: all that Pillow writes, the heads of more, and each of our own heads before something else."""
    for number, head in enumerate(HEADS):
        yield f"head {number}", head + bytes(200)
    for name, magic in MAGIC.items():
        yield f"{name} before a page", magic + b"<html><script>alert(1)</script></html>" * 9
        yield f"{name} before nothing", magic
    Image.init()
    for form in sorted(set(Image.SAVE) - TAKEN):
        for mode in ("RGB", "L", "P", "1"):
            try:
                data = saved(form, mode=mode)
            except Exception:  # noqa: BLE001, S112 - whatever a writer does not like; another mode is tried
                continue
            yield f"{form} of Pillow", data
            break


def refused() -> dict[str, bytes]:
    return dict([*lies(), *bombs(), *broken(), *disguised()])


def bloated() -> dict[str, bytes]:
    """Pictures of harmless size with something that unpacks or repeats without end: taken or refused, but cheaply."""
    big = zeros(256 * MIB)
    text = b"".join(chunk(b"tEXt", b"a\0" + b"b" * 40) for _ in range(20_000))
    frames = saved("GIF", (8, 8), "P")
    extension = b"!\xfe" + (b"\xff" + bytes(255)) * 4000 + b"\0"
    start = frames.index(b",\0\0\0\0")
    segment = b"\xff\xe2" + struct.pack(">H", 60_000) + b"ICC_PROFILE\0\x01\xff" + bytes(60_000 - 16)
    jpeg = saved("JPEG")
    return {
        "PNG with a quarter of a GiB of text": png(8, 8, before=chunk(b"zTXt", b"a\0\0" + big)),
        "PNG with a quarter of a GiB of international text": png(8, 8, before=chunk(b"iTXt", b"a\0\1\0\0\0" + big)),
        "PNG with a quarter of a GiB of profile": png(8, 8, before=chunk(b"iCCP", b"a\0\0" + big)),
        "PNG with a quarter of a GiB of pixels too many": png(8, 8, data=big),
        "PNG with twenty thousand texts": png(8, 8, before=text),
        "PNG with two milliard frames": png(8, 8, before=chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))),
        "GIF with a hundred thousand frames": frames[:start] + frames[start:-1] * 100_000 + b";",
        "GIF with a mebibyte of comment": frames[:start] + extension + frames[start:],
        "JPEG with ten mebibytes of profile": jpeg[:2] + segment * 170 + jpeg[2:],
        "JPEG with a million empty comments": jpeg[:2] + b"\xff\xfe\0\2" * 1_000_000 + jpeg[2:],
        "PNG with a page behind its end": png(8, 8) + b"<script>alert(1)</script>" * 1000,
        "GIF that is a script": frames[:6] + b"/*" + frames[8:] + b"*/=1;alert(1)",
    }
