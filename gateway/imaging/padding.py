"""For backends that know round sizes only: a picture is padded before, and the rest is cut off after."""

from __future__ import annotations

from gateway.images import ImageFormat, Picture
from gateway.imaging import codec
from gateway.imaging.strips import cut_out


def padded(picture: Picture, step: int) -> Picture:
    """`picture` at the top left of one whose sides are multiples of `step`, as PNG. Blocks.

    The border is the picture itself, a little stretched, so a resampling filter finds no edge where there is none.

    Raises:
        PictureError: the data is damaged in a way that only decoding shows.
    """
    image = codec.decode(picture)
    ground = image.resize((_up(image.width, step), _up(image.height, step)))
    ground.paste(image)
    return codec.encode(ground, ImageFormat.PNG)


def cut(picture: Picture, size: tuple[int, int]) -> Picture:
    """The top left of `picture`, `size` large, as PNG. Blocks, and raises like `padded`."""
    image = codec.decode(picture)
    return codec.encode(cut_out(image, (0, 0, *size)), ImageFormat.PNG)


def _up(side: int, step: int) -> int:
    return -(-side // step) * step
