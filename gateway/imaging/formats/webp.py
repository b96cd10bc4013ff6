"""WebP: a RIFF container around one VP8 or VP8L picture, or around frames of them (RFC 9649)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.images import ImageFormat
from gateway.imaging.formats.exif import UPRIGHT, minimal_block, read_orientation, shown_size
from gateway.imaging.formats.structure import Edit, Scan, budget, damaged, truncated

_WEBP = ImageFormat.WEBP
_RIFF_HEADER = 12
_ANIMATED, _XMP, _EXIF, _ALPHA = 0x02, 0x04, 0x08, 0x10

_LOSSLESS_SIGNATURE = 0x2F
_BITSTREAMS = frozenset({b"VP8 ", b"VP8L"})
_KEPT = _BITSTREAMS | {b"VP8X", b"ICCP", b"ALPH", b"ANIM", b"ANMF", b"C2PA"}


class _Chunk(NamedTuple):
    kind: bytes
    start: int
    body: int
    body_stop: int
    stop: int
    """After the padding to an even size."""


class _Image(NamedTuple):
    width: int
    height: int
    has_alpha: bool


class _Canvas(NamedTuple):
    flags: int
    width: int
    height: int


def walk(view: memoryview) -> Scan:
    """Read the headers of the container and of every bitstream in it; no bitstream is decoded."""
    end = _end(view)
    blocks = budget(_WEBP, len(view))
    chunks = list(_chunks(view, _RIFF_HEADER, end, blocks))
    if chunks[0].kind in _BITSTREAMS:
        return _simple(view, chunks, end)
    if chunks[0].kind == b"VP8X":
        return _extended(view, chunks, end, blocks)
    raise damaged(_WEBP, "it does not begin with its header")


def _end(view: memoryview) -> int:
    (size,) = struct.unpack_from("<I", view, 4)
    end = int(8 + size)
    if end > len(view):
        raise truncated(_WEBP)
    if end <= _RIFF_HEADER:
        raise damaged(_WEBP, "it is empty")
    return end


def _chunks(view: memoryview, at: int, end: int, blocks: Iterator[None]) -> Iterator[_Chunk]:
    for _ in blocks:
        if at == end:
            return
        kind, size = struct.unpack_from("<4sI", view, at)
        chunk = _Chunk(kind, at, at + 8, at + 8 + size, at + 8 + size + size % 2)
        if chunk.stop > end:
            raise damaged(_WEBP, "a chunk reaches past the end")
        yield chunk
        at = chunk.stop


def _simple(view: memoryview, chunks: Sequence[_Chunk], end: int) -> Scan:
    image = _read_bitstream(view, chunks[0])
    # Without an extended header no reader looks at what follows the bitstream.
    cuts = [Edit(chunk.start, chunk.stop) for chunk in chunks[1:]]
    repairs = [_size_repair(end, cuts)] if cuts else []
    return Scan(
        format=_WEBP,
        width=image.width,
        height=image.height,
        has_alpha=image.has_alpha,
        edits=(*repairs, *cuts, *_trailing(view, end)),
    )


def _extended(view: memoryview, chunks: Sequence[_Chunk], end: int, blocks: Iterator[None]) -> Scan:
    canvas = _read_canvas(view, chunks[0])
    parts = _frames(view, chunks, canvas, blocks) if canvas.flags & _ANIMATED else [list(chunks)]
    images = [_read_image(view, part) for part in parts]
    if not canvas.flags & _ANIMATED and (images[0].width, images[0].height) != (canvas.width, canvas.height):
        raise damaged(_WEBP, "its two headers tell different sizes")

    exif = next((chunk for chunk in chunks if chunk.kind == b"EXIF"), None)
    # Readers look for EXIF only where the header announces it.
    announced = exif is not None and canvas.flags & _EXIF
    orientation = read_orientation(view[exif.body : exif.body_stop]) if exif and announced else UPRIGHT
    width, height = shown_size(canvas.width, canvas.height, orientation)
    cuts = list(_cuts(view, chunks, exif, orientation))
    repairs = [_size_repair(end, cuts), _flags_repair(chunks[0], canvas.flags, orientation)] if cuts else []
    return Scan(
        format=_WEBP,
        width=width,
        height=height,
        orientation=orientation,
        has_alpha=bool(canvas.flags & _ALPHA) or any(image.has_alpha for image in images),
        frames=len(images),
        edits=(*repairs, *cuts, *_trailing(view, end)),
    )


def _read_canvas(view: memoryview, chunk: _Chunk) -> _Canvas:
    body = view[chunk.body : chunk.body_stop]
    (flags,) = struct.unpack_from("<I", body)
    return _Canvas(flags & 0xFF, 1 + _uint24(body, 4), 1 + _uint24(body, 7))


def _frames(view: memoryview, chunks: Sequence[_Chunk], canvas: _Canvas, blocks: Iterator[None]) -> list[list[_Chunk]]:
    """The chunks inside each frame, once the frame's place on the canvas is checked."""
    if not any(chunk.kind == b"ANIM" for chunk in chunks):
        raise damaged(_WEBP, "its animation has no header")
    frames = []
    for chunk in chunks:
        if chunk.kind != b"ANMF":
            continue
        body = view[chunk.body : chunk.body_stop]
        x, y, width, height = (_uint24(body, at) for at in (0, 3, 6, 9))
        if 2 * x + width + 1 > canvas.width or 2 * y + height + 1 > canvas.height:
            raise damaged(_WEBP, "a frame reaches outside the picture")
        inner = list(_chunks(view, chunk.body + 16, chunk.body_stop, blocks))
        image = _read_image(view, inner)
        if (image.width, image.height) != (width + 1, height + 1):
            raise damaged(_WEBP, "two headers of a frame tell different sizes")
        frames.append(inner)
    if not frames:
        raise damaged(_WEBP, "its animation has no frames")
    return frames


def _read_image(view: memoryview, chunks: Sequence[_Chunk]) -> _Image:
    bitstream = next((chunk for chunk in chunks if chunk.kind in _BITSTREAMS), None)
    if bitstream is None:
        raise damaged(_WEBP, "it has no pixels")
    image = _read_bitstream(view, bitstream)
    return image._replace(has_alpha=image.has_alpha or any(chunk.kind == b"ALPH" for chunk in chunks))


def _read_bitstream(view: memoryview, chunk: _Chunk) -> _Image:
    body = view[chunk.body : chunk.body_stop]
    return _read_lossy(body) if chunk.kind == b"VP8 " else _read_lossless(body)


def _read_lossy(body: memoryview) -> _Image:
    tag, start_code, width, height = struct.unpack_from("<3s3sHH", body)
    bits = int.from_bytes(tag, "little")
    if bits & 1 or start_code != b"\x9d\x01\x2a":
        raise damaged(_WEBP, "its pixels do not begin with a key frame")
    if bits >> 5 >= len(body):
        raise truncated(_WEBP)
    width, height = width & 0x3FFF, height & 0x3FFF
    if not width or not height:
        raise damaged(_WEBP, "it has no pixels")
    return _Image(width, height, has_alpha=False)


def _read_lossless(body: memoryview) -> _Image:
    signature, bits = struct.unpack_from("<BI", body)
    if signature != _LOSSLESS_SIGNATURE or bits >> 29:
        raise damaged(_WEBP, "its pixels do not begin with their header")
    return _Image(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), has_alpha=bool(bits >> 28 & 1))


def _cuts(view: memoryview, chunks: Sequence[_Chunk], exif: _Chunk | None, orientation: int) -> Iterator[Edit]:
    turn = b"" if orientation == UPRIGHT else _exif_chunk(orientation)
    for chunk in chunks:
        if chunk.kind in _KEPT:
            continue
        replacement = turn if chunk is exif else b""
        if view[chunk.start : chunk.stop] != replacement:
            yield Edit(chunk.start, chunk.stop, replacement)


def _trailing(view: memoryview, end: int) -> Iterator[Edit]:
    if end < len(view):
        yield Edit(end, len(view))


def _size_repair(end: int, cuts: Sequence[Edit]) -> Edit:
    gone = sum(cut.stop - cut.start - len(cut.replacement) for cut in cuts)
    return Edit(4, 8, struct.pack("<I", end - 8 - gone), repairs=True)


def _flags_repair(header: _Chunk, flags: int, orientation: int) -> Edit:
    gone = _XMP if orientation != UPRIGHT else _XMP | _EXIF
    return Edit(header.body, header.body + 1, bytes([flags & ~gone]), repairs=True)


def _exif_chunk(orientation: int) -> bytes:
    body = minimal_block(orientation)
    return struct.pack("<4sI", b"EXIF", len(body)) + body


def _uint24(body: memoryview, at: int) -> int:
    low, high = struct.unpack_from("<HB", body, at)
    return int(low | high << 16)
