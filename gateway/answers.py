"""What an image request is answered with, before anybody decides how it is written."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.hosting.names import HostedName
from gateway.images import Picture


@dataclass(frozen=True, slots=True)
class AnsweredImage:
    """One picture of an answer: hosted under a name, or here as a value, never both."""

    kept: HostedName | Picture
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
        return sum(image.kept.blob.size if isinstance(image.kept, Picture) else 1024 for image in self.images)
