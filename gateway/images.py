"""The nouns: pictures, and the three kinds of request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Self, TypeAlias

from gateway.blob import Blob

LARGEST_N = 4
LONGEST_PROMPT = 4096
MOST_INPUT_PICTURES = 16


class Operation(StrEnum):
    GENERATE = "generate"
    EDIT = "edit"
    UPSCALE = "upscale"


class ImageFormat(StrEnum):
    """The five formats that are taken as input; the first three are also given out."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    GIF = "gif"
    BMP = "bmp"

    @property
    def mime(self) -> str:
        return f"image/{self.value}"

    @property
    def extension(self) -> str:
        """Without a dot, as hosted file names end."""
        return "jpg" if self is ImageFormat.JPEG else self.value


OUTPUT_FORMATS = (ImageFormat.PNG, ImageFormat.JPEG, ImageFormat.WEBP)


class ResponseFormat(StrEnum):
    URL = "url"
    B64_JSON = "b64_json"


class AspectRatio(StrEnum):
    SQUARE = "1:1"
    WIDE = "16:9"
    TALL = "9:16"
    PORTRAIT = "3:4"
    LANDSCAPE = "4:3"

    @property
    def quotient(self) -> float:
        """Width divided by height."""
        width, height = self.value.split(":")
        return int(width) / int(height)

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height that the published API documents for this ratio (16:9 there is really 7:4)."""
        return _PIXELS[self]


_PIXELS = {
    AspectRatio.SQUARE: (1024, 1024),
    AspectRatio.WIDE: (1792, 1024),
    AspectRatio.TALL: (1024, 1792),
    AspectRatio.PORTRAIT: (768, 1024),
    AspectRatio.LANDSCAPE: (1024, 768),
}


class UpscaleFactor(StrEnum):
    X2 = "x2"
    X4 = "x4"

    @property
    def times(self) -> int:
        return int(self.value[1:])


class Fit(StrEnum):
    """What is done with a picture whose ratio is not the asked one."""

    CROP = "crop"
    PAD = "pad"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image whose header was read and whose structure was walked; only `gateway.imaging` decodes pixels.

    `width` and `height` are pixels as a viewer shows them, that is after `orientation` (EXIF, 1 to 8).
    """

    format: ImageFormat
    width: int
    height: int
    blob: Blob
    orientation: int = 1
    has_alpha: bool = False
    """Whether pixels can be transparent."""
    in_scans: bool = False
    """A JPEG that refines all its pixels again and again, as progressive ones do: its decoder holds more."""

    @property
    def identity(self) -> str:
        return f"sha256:{self.blob.sha256}"


@dataclass(frozen=True, slots=True)
class PictureUrl:
    """An input picture that was named and is not fetched yet."""

    url: str

    @property
    def identity(self) -> str:
        return f"url:{self.url}"


PictureInput: TypeAlias = Picture | PictureUrl


@dataclass(frozen=True, kw_only=True)
class ImageRequest:
    """What all three operations share. Requests are values: a link hands on a changed copy."""

    operation: ClassVar[Operation]

    model: str
    output_format: ImageFormat = ImageFormat.PNG
    response_format: ResponseFormat = ResponseFormat.URL
    extras: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Fields that a driver of the model declares (`seed`, `strict`, `negative_prompt` ...), as sent."""

    @property
    def count(self) -> int:
        """How many pictures are asked for."""
        return 1

    @property
    def is_inline(self) -> bool:
        """Whether the answer holds the pictures themselves, and so nothing that another replica could give out."""
        return self.response_format is ResponseFormat.B64_JSON

    def but(self, **changed: object) -> Self:
        """A copy with other values of some fields: what `dataclasses.replace` gives, at a quarter of its cost."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__, **changed)
        return copy

    def digest(self) -> str:
        """Hexadecimal SHA-256 over every field that changes the answer.

        Pictures count by their bytes once they are here, and by their URL as text before they are fetched. So
        the same function names a request as it was sent and as it was understood.
        """
        named = {
            "operation": self.operation.value,
            **{name: _plain(value) for name, value in vars(self).items()},
        }
        return hashlib.sha256(_canonical(named).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class GenerateRequest(ImageRequest):
    operation = Operation.GENERATE

    prompt: str
    n: int = 1
    size: str | None = None
    aspect_ratio: str | None = None
    ratio: AspectRatio | None = None
    """The ratio promised to the client, once `size` and `aspect_ratio` are understood."""
    stream: bool = False

    @property
    def count(self) -> int:
        return self.n

    @property
    def is_inline(self) -> bool:
        return self.stream or super().is_inline


@dataclass(frozen=True, kw_only=True)
class EditRequest(ImageRequest):
    operation = Operation.EDIT

    prompt: str
    images: tuple[PictureInput, ...]
    mask: PictureInput | None = None
    """As sent; drivers are given the canonical form, see `gateway.imaging.masks`."""
    n: int = 1
    size: str | None = None
    aspect_ratio: str | None = None
    ratio: AspectRatio | None = None
    """None keeps the edit's own output size."""
    stream: bool = False

    @property
    def count(self) -> int:
        return self.n

    @property
    def is_inline(self) -> bool:
        return self.stream or super().is_inline


@dataclass(frozen=True, kw_only=True)
class UpscaleRequest(ImageRequest):
    operation = Operation.UPSCALE

    image: PictureInput
    upscale_factor: UpscaleFactor = UpscaleFactor.X2


AnyRequest: TypeAlias = GenerateRequest | EditRequest | UpscaleRequest


_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=True).encode


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value  # nearly all; asking an abstract class costs as much as the rest of the digest
    match value:
        case Picture() | PictureUrl():
            return value.identity
        case tuple():
            return [_plain(item) for item in value]
        case Mapping():
            return {str(name): _plain(item) for name, item in value.items()}
        case _:
            return value
