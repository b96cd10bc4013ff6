"""Pictures without decoding: what they are, whether they are whole, what they tell besides pixels.

    scan   one walk over the structure: format, size as shown, alpha, frames, and the ranges to cut
    strip  the same pixels without what tells prompts, workflows, places or cameras
    sniff  the format by its magic bytes alone

A name or a claimed type is never believed. The walks are linear in the bytes and inflate nothing.
"""

from __future__ import annotations

import re
import struct
from types import MappingProxyType

from gateway.images import ImageFormat
from gateway.imaging.errors import PictureError
from gateway.imaging.formats import bmp, gif, jpeg, png, webp
from gateway.imaging.formats.foreign import recognise
from gateway.imaging.formats.structure import Edit, Scan, Walk, label, truncated
from gateway.imaging.limits import PictureLimits

__all__ = ["Edit", "Scan", "scan", "sniff", "strip"]

_MAGIC = MappingProxyType(
    {
        ImageFormat.PNG: re.compile(rb"\x89PNG"),
        ImageFormat.JPEG: re.compile(rb"\xff\xd8"),
        ImageFormat.WEBP: re.compile(rb"RIFF....WEBP", re.DOTALL),
        ImageFormat.GIF: re.compile(rb"GIF8[79]a"),
        ImageFormat.BMP: re.compile(rb"BM"),
    }
)
_WALKS: MappingProxyType[ImageFormat, Walk] = MappingProxyType(
    {
        ImageFormat.PNG: png.walk,
        ImageFormat.JPEG: jpeg.walk,
        ImageFormat.WEBP: webp.walk,
        ImageFormat.GIF: gif.walk,
        ImageFormat.BMP: bmp.walk,
    }
)
_ACCEPTED = "accepted are PNG, JPEG, WebP, GIF and BMP"


def sniff(data: bytes | memoryview) -> ImageFormat | None:
    """The format that the first bytes announce, or None. What follows them is not looked at."""
    head = bytes(data[:12])
    for form, magic in _MAGIC.items():
        if magic.match(head):
            return form
    return None


def scan(data: bytes | memoryview, limits: PictureLimits) -> Scan:
    """Read the header of a picture and check its structure to the end; no pixel is decoded.

    Raises:
        PictureError: not one of the five formats, truncated, damaged, or beyond the limits. Nothing else is
            raised, whatever the bytes are.
    """
    view = memoryview(data)
    if len(view) > limits.max_bytes:
        raise PictureError(f"The picture has {len(view)} bytes; at most {limits.max_bytes} are accepted")
    form = sniff(view)
    if form is None:
        raise _foreign(view)
    try:
        found = _WALKS[form](view)
    except (IndexError, struct.error) as error:
        raise truncated(form) from error
    _check_size(found, limits)
    return found


def strip(data: bytes, scan: Scan) -> bytes:
    """Leave out what tells more than the picture shows; `scan` is that of the same bytes.

    The pixels stay bit for bit, as do the colour profile and the signed provenance (C2PA). An orientation
    other than upright stays, in a block of its own. Bytes behind the picture's end go. Returns `data` itself
    where nothing has to go.
    """
    if not scan.edits:
        return data
    view, at = memoryview(data), 0
    pieces: list[bytes | memoryview] = []
    for edit in scan.edits:
        pieces += (view[at : edit.start], edit.replacement)
        at = edit.stop
    return b"".join((*pieces, view[at:]))


def _foreign(view: memoryview) -> PictureError:
    if not view:
        return PictureError("The picture is empty")
    return PictureError(f"The picture is {recognise(view) or 'of no known format'}; {_ACCEPTED}")


def _check_size(found: Scan, limits: PictureLimits) -> None:
    size = f"The {label(found.format)} is {found.width} x {found.height} pixels"
    if max(found.width, found.height) > limits.max_side:
        raise PictureError(f"{size}; a side of at most {limits.max_side} is accepted")
    if found.width * found.height > limits.max_pixels:
        raise PictureError(f"{size}; at most {limits.max_pixels} pixels in all are accepted")
