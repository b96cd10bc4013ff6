"""PNG and APNG: a signature, then chunks with a name and a checksum each (RFC 2083, PNG third edition)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zlib_ng.zlib_ng import crc32

from gateway.images import ImageFormat
from gateway.imaging.formats.exif import UPRIGHT, minimal_block, read_orientation, shown_size
from gateway.imaging.formats.structure import Edit, Scan, budget, damaged, truncated

_PNG = ImageFormat.PNG
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_SIZE = 13
_CHUNK_HEAD = struct.Struct(">I4s").unpack_from
_CHECKSUM = struct.Struct(">I").unpack_from
_LARGEST_NUMBER = 2**31 - 1
_LARGEST_DEFLATE_RATIO = 1032
_PALETTE = 3

_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_COLOUR = frozenset({b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"sBIT", b"cICP", b"mDCV", b"cLLI", b"bKGD"})
_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
_PROVENANCE = frozenset({b"caBX"})
# A list of what stays: chunks that nobody has heard of yet go too, since programs invent them to carry notes.
_KEPT = _CRITICAL | _COLOUR | _ANIMATION | _PROVENANCE | {b"pHYs"}

# Colour type: samples a pixel, and the bits that a sample may have.
_COLOUR_TYPES = {
    0: (1, {1, 2, 4, 8, 16}),
    2: (3, {8, 16}),
    3: (1, {1, 2, 4, 8}),
    4: (2, {8, 16}),
    6: (4, {8, 16}),
}
_WITH_ALPHA = frozenset({4, 6})


class _Chunk(NamedTuple):
    kind: bytes
    start: int
    body: int
    body_stop: int
    stop: int


class _Header(NamedTuple):
    width: int
    height: int
    bits_a_pixel: int
    colour_type: int


def walk(view: memoryview) -> Scan:
    """Check the checksum of every chunk and the order of those that matter. Nothing is inflated."""
    chunks = _chunks(view)
    kinds = [chunk.kind for chunk in chunks]
    header = _read_header(view, chunks[0])
    before_pixels = kinds[: _check_order(kinds, header)]
    _check_pixel_bytes(chunks, header)
    _check_frames(view, chunks, header)

    exif = next((chunk for chunk in chunks if chunk.kind == b"eXIf"), None)
    orientation = read_orientation(view[exif.body : exif.body_stop]) if exif else UPRIGHT
    width, height = shown_size(header.width, header.height, orientation)
    return Scan(
        format=_PNG,
        width=width,
        height=height,
        orientation=orientation,
        has_alpha=header.colour_type in _WITH_ALPHA or b"tRNS" in before_pixels,
        frames=max(1, kinds.count(b"fcTL")) if b"acTL" in before_pixels else 1,
        edits=tuple(_edits(view, chunks, exif, orientation)),
    )


def _chunks(view: memoryview) -> list[_Chunk]:
    if not _SIGNATURE.startswith(bytes(view[: len(_SIGNATURE)])):
        raise damaged(_PNG, "its signature was altered")
    at, chunks = len(_SIGNATURE), []
    for _ in budget(_PNG, len(view)):
        length, kind = _CHUNK_HEAD(view, at)
        if not kind.isalpha() or length > _LARGEST_NUMBER:
            raise damaged(_PNG, "a chunk has no proper name or length")
        chunk = _Chunk(kind, at, at + 8, at + 8 + length, at + 12 + length)
        if chunk.stop > len(view):
            raise truncated(_PNG)
        (checksum,) = _CHECKSUM(view, chunk.body_stop)
        if crc32(view[at + 4 : chunk.body_stop]) != checksum:
            raise damaged(_PNG, f"the checksum of its {kind.decode('ascii')} chunk is wrong")
        chunks.append(chunk)
        if kind == b"IEND":
            break
        at = chunk.stop
    return chunks


def _read_header(view: memoryview, chunk: _Chunk) -> _Header:
    if chunk.kind != b"IHDR" or chunk.body_stop - chunk.body != _HEADER_SIZE:
        raise damaged(_PNG, "it does not begin with its header")
    width, height, bits, colour_type, *methods = struct.unpack_from(">IIBBBBB", view, chunk.body)
    samples, depths = _COLOUR_TYPES.get(colour_type, (0, frozenset()))
    if not (0 < width <= _LARGEST_NUMBER and 0 < height <= _LARGEST_NUMBER):
        raise damaged(_PNG, "it has no pixels")
    if bits not in depths or methods not in ([0, 0, 0], [0, 0, 1]):
        raise damaged(_PNG, "its header names a kind of pixels that does not exist")
    return _Header(width, height, samples * bits, colour_type)


def _check_order(kinds: Sequence[bytes], header: _Header) -> int:
    """Return the place of the first chunk of pixels."""
    if kinds.count(b"IHDR") > 1:
        raise damaged(_PNG, "it has two headers")
    if any(kind[:1].isupper() and kind not in _CRITICAL for kind in set(kinds)):
        raise damaged(_PNG, "it needs a chunk that no standard names")
    if b"IDAT" not in kinds:
        raise damaged(_PNG, "it has no pixels")
    first, count = kinds.index(b"IDAT"), kinds.count(b"IDAT")
    if kinds[first : first + count].count(b"IDAT") != count:
        raise damaged(_PNG, "its pixels are not in one piece")
    if header.colour_type == _PALETTE and b"PLTE" not in kinds[:first]:
        raise damaged(_PNG, "its palette is missing")
    return first


def _check_pixel_bytes(chunks: Sequence[_Chunk], header: _Header) -> None:
    """Refuse a header that promises more pixels than the compressed bytes can possibly hold."""
    compressed = sum(chunk.body_stop - chunk.body for chunk in chunks if chunk.kind == b"IDAT")
    row = 1 + (header.width * header.bits_a_pixel + 7) // 8
    if compressed * _LARGEST_DEFLATE_RATIO < row * header.height:
        raise damaged(_PNG, "it holds fewer pixels than its header promises")


def _check_frames(view: memoryview, chunks: Sequence[_Chunk], header: _Header) -> None:
    for chunk in chunks:
        if chunk.kind != b"fcTL":
            continue
        _, width, height, x, y = struct.unpack_from(">IIIII", view[chunk.body : chunk.body_stop])
        if x + width > header.width or y + height > header.height:
            raise damaged(_PNG, "a frame reaches outside the picture")


def _edits(view: memoryview, chunks: Sequence[_Chunk], exif: _Chunk | None, orientation: int) -> Iterator[Edit]:
    turn = b"" if orientation == UPRIGHT else _exif_chunk(orientation)
    for chunk in chunks:
        if chunk.kind in _KEPT:
            continue
        replacement = turn if chunk is exif else b""
        if view[chunk.start : chunk.stop] != replacement:
            yield Edit(chunk.start, chunk.stop, replacement)
    end = chunks[-1].stop
    if end < len(view):
        yield Edit(end, len(view))


def _exif_chunk(orientation: int) -> bytes:
    body = minimal_block(orientation)
    named = b"eXIf" + body
    return struct.pack(">I", len(body)) + named + struct.pack(">I", crc32(named))
