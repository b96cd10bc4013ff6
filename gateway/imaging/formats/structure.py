"""What a walk over a picture's structure finds, and the words for a structure that is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import TypeAlias

from gateway.images import ImageFormat
from gateway.imaging.errors import PictureError

LEAST_BUDGET = 1 << 16
"""Blocks that every file may have, however small: an animation of small frames has thousands."""

BYTES_A_BLOCK = 128
"""Half of a full GIF sub-block, the smallest block of which an honest large file is made."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes `start` to `stop` give way to `replacement`."""

    start: int
    stop: int
    replacement: bytes = b""
    repairs: bool = False
    """Whether it only keeps the container right after other edits, such as a size in its header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What is known of a picture whose pixels nobody decoded."""

    format: ImageFormat
    width: int
    """Pixels, as a viewer shows the picture: after `orientation`."""
    height: int
    """Pixels, as a viewer shows the picture: after `orientation`."""
    orientation: int = 1
    """As EXIF counts, 1 to 8; 1 is upright."""
    has_alpha: bool = False
    """Whether pixels can be transparent; in a GIF, those of the first frame."""
    frames: int = 1
    in_scans: bool = False
    """Whether a JPEG has its pixels in several scans, so that a decoder holds all of them as coefficients too."""
    edits: tuple[Edit, ...] = ()
    """What `strip` changes, in file order and without overlap."""

    @property
    def animated(self) -> bool:
        return self.frames > 1

    @property
    def private(self) -> tuple[tuple[int, int], ...]:
        """Ranges of bytes, start and stop, that tell more than the picture shows or that follow its end."""
        return tuple((edit.start, edit.stop) for edit in self.edits if not edit.repairs)


Walk: TypeAlias = Callable[[memoryview], Scan]
"""Goes once over the structure of one format.

Raises `PictureError` where it is broken. A walk that reads past the end may leave with an `IndexError` or a
`struct.error`: both mean that the file is truncated.
"""


def budget(form: ImageFormat, size: int) -> Iterator[None]:
    """Count the blocks of a file of `size` bytes; raise once there are more than any honest file has.

    Blocks of a few bytes cost as much time as long ones, so that a file made of nothing else would hold a
    worker for seconds. Nested loops share one budget.
    """
    yield from repeat(None, max(LEAST_BUDGET, size // BYTES_A_BLOCK))
    raise damaged(form, "it is cut into too many pieces")


def label(form: ImageFormat) -> str:
    """As people write the name of the format."""
    return "WebP" if form is ImageFormat.WEBP else form.name


def damaged(form: ImageFormat, why: str) -> PictureError:
    return PictureError(f"The {label(form)} is damaged: {why}")


def truncated(form: ImageFormat) -> PictureError:
    return PictureError(f"The {label(form)} is truncated")


def unsupported(form: ImageFormat, what: str, accepted: str) -> PictureError:
    return PictureError(f"The {label(form)} {what}; accepted are {accepted}")
