"""What is asked for, as values that can be sent again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import FormData

from gateway.images import ImageFormat, Operation


@dataclass(frozen=True, slots=True)
class LocalPicture:
    """A picture of this machine, which is sent along."""

    name: str
    data: bytes
    format: ImageFormat


Source: TypeAlias = LocalPicture | str
"""A picture, or the address of one, which the gateway fetches."""


@dataclass(frozen=True, slots=True)
class Order:
    """One request. The same `key` with the same fields is the same work, however often it is sent."""

    operation: Operation
    fields: Mapping[str, object]
    """As the API names them, without pictures."""
    key: str
    images: tuple[Source, ...] = ()
    mask: Source | None = None

    @property
    def path(self) -> str:
        """Below the address of the gateway."""
        return _PATHS[self.operation]

    @property
    def prompt(self) -> str | None:
        found = self.fields.get("prompt")
        return found if isinstance(found, str) else None

    def body(self) -> dict[str, object] | FormData:
        """JSON, or a form where pictures go along; made anew for each attempt, since a form can be sent once."""
        sent = {**self.fields, "response_format": "b64_json"}
        if self.operation is not Operation.UPSCALE:
            sent["stream"] = True
        if self.operation is Operation.GENERATE:
            return sent
        form = FormData(default_to_multipart=True)
        for name, value in sent.items():
            form.add_field(name, value if isinstance(value, str) else str(value).lower())  # `true` as JSON writes it
        for image in self.images:
            _add(form, "image", image)
        if self.mask is not None:
            _add(form, "mask", self.mask)
        return form


def new_key() -> str:
    """An Idempotency-Key that nobody guesses: whoever knows it, and the token, is given the pictures."""
    return secrets.token_hex(16)


_PATHS = {
    Operation.GENERATE: "/v1/images/generations",
    Operation.EDIT: "/v1/images/edits",
    Operation.UPSCALE: "/v1/images/upscale",
}


def _add(form: FormData, name: str, source: Source) -> None:
    if isinstance(source, str):
        form.add_field(name, source)
        return
    # A name of our own: that of the file tells a gateway nothing that it needs.
    filename = f"{name}.{source.format.extension}"
    form.add_field(name, source.data, filename=filename, content_type=source.format.mime)
