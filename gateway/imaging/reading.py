"""Bytes from outside become a picture: checked by content and structure, nothing decoded, metadata cut."""

from __future__ import annotations

from gateway.blob import Encoded, MemoryBlob
from gateway.images import Picture
from gateway.imaging.formats import scan, strip
from gateway.imaging.limits import PictureLimits


def read_picture(data: bytes, limits: PictureLimits, encoded: Encoded | None = None) -> Picture:
    """Blocks for about half a millisecond a MB. `encoded`: the same bytes as base64, kept where nothing is cut.

    Raises:
        PictureError: not one of the five formats, too large, truncated or damaged.
    """
    found = scan(data, limits)
    kept = strip(data, found)
    return Picture(
        format=found.format,
        width=found.width,
        height=found.height,
        blob=MemoryBlob(kept, encoded if kept is data else None),
        orientation=found.orientation,
        has_alpha=found.has_alpha,
        in_scans=found.in_scans,
    )
