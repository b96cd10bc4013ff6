"""GIF: blocks led by a byte, each followed by sub-blocks led by their length (GIF89a)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from gateway.images import ImageFormat
from gateway.imaging.formats.structure import Edit, Scan, budget, damaged

_GIF = ImageFormat.GIF
_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_HAS_TABLE = 0x80
_TRANSPARENT = 0x01
_WIDEST_CODE = 11
"""Bits of the smallest LZW code; one more leaves no room below the largest, 12."""

_KEPT_APPLICATIONS = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012", b"C2PA_GIF\x01\x00\x00"})
"""How often to repeat, the colour profile and the signed provenance."""


class _Block(NamedTuple):
    kind: int
    start: int
    body: int
    stop: int


def walk(view: memoryview) -> Scan:
    """Go from block to block up to the trailer; no image data is unpacked."""
    screen = struct.unpack_from("<HH", view, 6)
    blocks = list(_blocks(view))
    images = [block for block in blocks if block.kind == _IMAGE]
    if not images:
        raise damaged(_GIF, "it has no pixels")
    # A first frame larger than the screen enlarges it, as it does in browsers and in Pillow.
    width, height = map(max, screen, _extent(view, images[0]))
    for image in images:
        _check_image(view, image, width, height)
    return Scan(
        format=_GIF,
        width=width,
        height=height,
        has_alpha=_is_transparent(view, blocks),
        frames=len(images),
        edits=tuple(_edits(view, blocks)),
    )


def _blocks(view: memoryview) -> Iterator[_Block]:
    """Every block up to the trailer, which is yielded last and without a body."""
    at = 13 + _table_size(view[10])
    pieces = budget(_GIF, len(view))
    for _ in pieces:
        kind, start = view[at], at
        if kind == _TRAILER:
            yield _Block(kind, start, start + 1, start + 1)
            return
        if kind not in (_IMAGE, _EXTENSION):
            raise damaged(_GIF, "it has a block of no known kind")
        sub_blocks = start + 11 + _table_size(view[start + 9]) if kind == _IMAGE else start + 2
        at = _past_sub_blocks(view, sub_blocks, pieces)
        yield _Block(kind, start, sub_blocks, at)


def _table_size(packed: int) -> int:
    """Bytes of the colour table that a packed field announces."""
    return 3 << 1 + (packed & 7) if packed & _HAS_TABLE else 0


def _past_sub_blocks(view: memoryview, at: int, pieces: Iterator[None]) -> int:
    for _ in pieces:
        size = view[at]
        at += 1 + size
        if not size:
            break
    return at


def _extent(view: memoryview, image: _Block) -> tuple[int, int]:
    x, y, width, height = struct.unpack_from("<HHHH", view, image.start + 1)
    return x + width, y + height


def _check_image(view: memoryview, image: _Block, width: int, height: int) -> None:
    x, y, image_width, image_height = struct.unpack_from("<HHHH", view, image.start + 1)
    if not image_width or not image_height or not view[image.body]:
        raise damaged(_GIF, "it has an image without pixels")
    if x + image_width > width or y + image_height > height:
        raise damaged(_GIF, "a frame reaches outside the picture")
    if not 0 < view[image.body - 1] <= _WIDEST_CODE:
        raise damaged(_GIF, "its image data begins wrongly")


def _is_transparent(view: memoryview, blocks: list[_Block]) -> bool:
    """Whether the last graphic control before the first image names a transparent colour."""
    transparent = False
    for block in blocks:
        if block.kind == _IMAGE:
            break
        if _label(view, block) == _CONTROL and view[block.body]:
            transparent = bool(view[block.body + 1] & _TRANSPARENT)
    return transparent


def _edits(view: memoryview, blocks: list[_Block]) -> Iterator[Edit]:
    for block in blocks:
        if block.kind == _EXTENSION and not _stays(view, block):
            yield Edit(block.start, block.stop)
    end = blocks[-1].stop
    if end < len(view):
        yield Edit(end, len(view))


def _stays(view: memoryview, block: _Block) -> bool:
    extension = _label(view, block)
    if extension == _APPLICATION:
        return bytes(view[block.body + 1 : block.body + 1 + view[block.body]]) in _KEPT_APPLICATIONS
    return extension == _CONTROL


def _label(view: memoryview, block: _Block) -> int:
    return view[block.start + 1]
