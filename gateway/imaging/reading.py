"""Bytes from outside become a picture: checked by content and structure, nothing decoded, metadata cut."""

from __future__ import annotations

from gateway.blob import MemoryBlob
from gateway.images import Picture
from gateway.imaging.formats import scan, strip
from gateway.imaging.limits import PictureLimits


def read_picture(data: bytes, limits: PictureLimits) -> Picture:
    """Blocks for about a millisecond a MB.

    Raises:
        PictureError: not one of the five formats, too large, truncated or damaged.
    """
    found = scan(data, limits)
    return Picture(
        format=found.format,
        width=found.width,
        height=found.height,
        blob=MemoryBlob(strip(data, found)),
        orientation=found.orientation,
    )
