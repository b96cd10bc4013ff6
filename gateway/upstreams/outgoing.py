"""Pictures and masks on their way to a backend: upright, in a format that it takes, the mask in its polarity."""

from __future__ import annotations

from functools import partial

from gateway.concurrency import all_of
from gateway.errors import BadRequest
from gateway.images import EditRequest, ImageFormat, Picture, PictureInput
from gateway.imaging.conform import upright
from gateway.imaging.errors import PictureError
from gateway.imaging.masks import Polarity, encode_mask
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
        return await tools.workers.run(partial(upright, picture, accepted), pixels=picture.width * picture.height)
    except PictureError as error:
        raise BadRequest.field("image", f"{error}.") from None


async def mask_for(request: EditRequest, polarity: Polarity, tools: Tools) -> Picture:
    """The mask of `request`, which has one, as a backend wants it; raises like `picture_for`."""
    if request.mask is None:
        raise ValueError("the request has no mask")
    first, mask = here(request.images[0]), here(request.mask)
    size = first.width, first.height
    try:
        return await tools.workers.run(partial(encode_mask, mask, size, polarity), pixels=mask.width * mask.height)
    except PictureError as error:
        raise BadRequest.field("mask", f"{error}.", required=False) from None


def here(image: PictureInput) -> Picture:
    """An input that the pictures link has fetched; drivers see no others."""
    if not isinstance(image, Picture):
        raise TypeError("an input picture was not fetched before it reached a driver")
    return image
