"""What can be wrong with a picture."""

from __future__ import annotations


class PictureError(Exception):
    """Bytes that are not a picture we take. The message is safe to show to whoever sent them."""
