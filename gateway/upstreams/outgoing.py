"""Pictures and masks on their way to a backend: upright, in a format that it takes, the mask in its polarity."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

from aiohttp import FormData

from gateway.concurrency import all_of
from gateway.errors import BadRequest
from gateway.images import EditRequest, ImageFormat, Picture, PictureInput
from gateway.imaging import costs
from gateway.imaging.conform import upright
from gateway.imaging.errors import PictureError
from gateway.imaging.masks import Polarity, encode_mask
from gateway.upstreams.blob_payload import BlobPayload
from gateway.upstreams.tools import Tools


async def pictures_for(request: EditRequest, accepted: frozenset[ImageFormat], tools: Tools) -> list[Picture]:
    return await all_of(picture_for(image, accepted, tools) for image in request.images)


async def picture_for(image: PictureInput, accepted: frozenset[ImageFormat], tools: Tools) -> Picture:
    """`image` itself where it can go as it is.

    Raises:
        BadRequest: it has to be recoded, and is damaged.
    """
    picture = here(image)
    if picture.format in accepted and picture.orientation == 1:
        return picture
    try:
        size = costs.recoding(picture, ImageFormat.PNG)
        return await tools.workers.run(partial(upright, picture, accepted), size=size)
    except PictureError as error:
        raise BadRequest.field("image", f"{error}.") from None


async def mask_for(request: EditRequest, polarity: Polarity, tools: Tools) -> Picture:
    """The mask of `request`, which has one, as a backend wants it; raises like `picture_for`."""
    if request.mask is None:
        raise ValueError("the request has no mask")
    first, mask = here(request.images[0]), here(request.mask)
    work = partial(encode_mask, mask, (first.width, first.height), polarity)
    try:
        return await tools.workers.run(work, size=costs.masking(mask))
    except PictureError as error:
        raise BadRequest.field("mask", f"{error}.", required=False) from None


def upscaled_size(picture: Picture, times: int, tools: Tools) -> tuple[int, int]:
    """Width and height of `picture` made `times` as large.

    Raises:
        BadRequest: that would be more pixels than this gateway takes back.
    """
    width, height = picture.width * times, picture.height * times
    most = tools.max_output_pixels
    if width * height > most:
        raise BadRequest.field(
            "image", f"Upscaled by x{times} it would be {width}x{height}; at most {most} pixels are made."
        )
    return width, height


def write(form: FormData, fields: Mapping[str, object]) -> None:
    """Add `fields`: texts as they are, all else as JSON."""
    for name, value in fields.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value))


def attach(form: FormData, name: str, picture: Picture) -> None:
    """Add `picture` as a file, with the type that its bytes have: some backends look at what a part claims."""
    filename = f"{name.removesuffix('[]')}.{picture.format.extension}"
    form.add_field(name, BlobPayload(picture.blob, picture.format.mime), filename=filename)


def here(image: PictureInput) -> Picture:
    """An input that the pictures link has fetched; drivers see no others."""
    if not isinstance(image, Picture):
        raise TypeError("an input picture was not fetched before it reached a driver")
    return image
