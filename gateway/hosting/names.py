"""Names of hosted pictures: when, a secret, a certificate of the bytes, what made them and what they are.

    130708-24112025_<26 random><26 of the digest>_generate.png
    HHMMSS-DDMMYYYY in UTC; both halves of the token are base32 and carry 130 bits each

The secret half makes a name unguessable. The other half is the beginning of the SHA-256 of the bytes, so a
name certifies its content: entity tags and verification need neither a side file nor an index.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.clock import RandomBytes
from gateway.images import OUTPUT_FORMATS, ImageFormat, Operation

HALF_TOKEN = 26
"""Characters of five bits each: the fewest that hold 128. No bit is padding, so each is spelled one way."""
TOLD = 24
"""Characters of a name that a log may hold: the moment, and eight of the secret to tell it from others."""

_RANDOM_BYTES = 17  # the fewest that fill 26 characters
_FORMATS = {format_.extension: format_ for format_ in OUTPUT_FORMATS}
_PATTERN = re.compile(
    r"(?P<time>[0-9]{6})-(?P<date>[0-9]{8})"
    rf"_(?P<secret>[a-z2-7]{{{HALF_TOKEN}}})(?P<digest>[a-z2-7]{{{HALF_TOKEN}}})"
    rf"_(?P<operation>{'|'.join(Operation)})"
    rf"\.(?P<extension>{'|'.join(_FORMATS)})"
)


@dataclass(frozen=True, slots=True)
class HostedName:
    """Made by `make` or `parse`, which alone promise that the fields fit the pattern."""

    created: int
    """Seconds since 1970, UTC."""
    secret: str
    digest: str
    operation: Operation
    format: ImageFormat

    @classmethod
    def make(
        cls,
        created: float,
        random_bytes: RandomBytes,
        sha256: str,
        operation: Operation,
        format: ImageFormat,  # noqa: A002 - the field's own name
    ) -> HostedName:
        """Name bytes whose hexadecimal SHA-256 is known. Only the formats that are given out can be named."""
        if format not in OUTPUT_FORMATS:
            raise ValueError(f"{format} pictures are not hosted")
        return cls(int(created), _base32(random_bytes(_RANDOM_BYTES)), _certificate(sha256), operation, format)

    @classmethod
    def parse(cls, text: str) -> HostedName | None:
        """The name that is spelled so, or None: anything that is not exactly one of ours names nothing."""
        match = _PATTERN.fullmatch(text)
        if match is None:
            return None
        created = _seconds(match["time"], match["date"])
        if created is None:
            return None
        operation, format_ = Operation(match["operation"]), _FORMATS[match["extension"]]
        return cls(created, match["secret"], match["digest"], operation, format_)

    @property
    def etag(self) -> str:
        """A strong entity tag, quotes included."""
        return f'"{self.digest}"'

    def certifies(self, sha256: str) -> bool:
        """Whether bytes with this hexadecimal SHA-256 are the ones that were named."""
        return self.digest == _certificate(sha256)

    def __str__(self) -> str:
        moment = datetime.fromtimestamp(self.created, UTC)
        token = self.secret + self.digest
        return f"{moment:%H%M%S-%d%m%Y}_{token}_{self.operation}.{self.format.extension}"


def _certificate(sha256: str) -> str:
    return _base32(bytes.fromhex(sha256))


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").lower()[:HALF_TOKEN]


def _seconds(time: str, date: str) -> int | None:
    hour, minute, second = int(time[:2]), int(time[2:4]), int(time[4:])
    day, month, year = int(date[:2]), int(date[2:4]), int(date[4:])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None  # the thirtieth of February and the like
    seconds = int(moment.timestamp())
    return seconds if seconds >= 0 else None
