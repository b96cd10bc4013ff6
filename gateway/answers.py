"""What an image request is answered with, before anybody decides how it is written."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.blob import MemoryBlob
from gateway.hosting.names import HostedName
from gateway.images import Picture

_NAME_SIZE = 1024
"""Bytes that a name and what stands round it cost in memory, about."""


@dataclass(frozen=True, slots=True)
class AnsweredImage:
    """One picture of an answer: hosted under a name, here as a value, or both."""

    name: HostedName | None
    picture: Picture | None
    revised_prompt: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Holds names and pictures, never absolute addresses, so that it may be kept and written anew for each client."""

    created: int
    """Seconds since 1970."""
    images: tuple[AnsweredImage, ...]
    upstream: str
    """Configured name of the backend that made the pictures."""
    attempts: int

    @property
    def size(self) -> int:
        """Bytes that keeping this answer costs, about."""
        return sum(_size(image) for image in self.images)


def _size(image: AnsweredImage) -> int:
    prompt = len((image.revised_prompt or "").encode())  # a backend may have written it, at any length
    blob = image.picture.blob if image.picture else None
    return _NAME_SIZE + prompt + (blob.in_memory if isinstance(blob, MemoryBlob) else 0)
