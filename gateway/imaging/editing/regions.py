"""Parts of a picture as masks and anchors: what "the sky" or "the top left" means in pixels."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageChops, ImageOps

from gateway.imaging.editing.gradients import downwards, rightwards, smooth, spot
from gateway.imaging.editing.horizon import Scene
from gateway.imaging.editing.meanings import Place

_SOFTNESS = 0.16
"""Share of the picture over which a half fades into the other."""


def area(places: Iterable[Place], scene: Scene) -> Image.Image:
    """Mode L in the size of the scene, 255 where all of the places overlap, with soft bounds."""
    mask = Image.new("L", scene.size, 255)
    for place in places:
        mask = ImageChops.multiply(mask, _area(place, scene))
    return mask


def anchor(places: Iterable[Place], usual: tuple[float, float]) -> tuple[float, float]:
    """A point for the places, in shares of width and height; `usual` in the directions they leave open."""
    x, y = usual
    for place in places:
        match place:
            case Place.LEFT:
                x = 0.2
            case Place.RIGHT:
                x = 0.8
            case Place.TOP:
                y = 0.12
            case Place.BOTTOM:
                y = 0.88
            case Place.CENTRE:
                x, y = 0.5, (y if y != usual[1] else 0.5)
    return x, y


def _area(place: Place, scene: Scene) -> Image.Image:
    match place:
        case Place.TOP:
            return downwards(scene.size, lambda y: 1 - _rise(y))
        case Place.BOTTOM:
            return downwards(scene.size, _rise)
        case Place.LEFT:
            return rightwards(scene.size, lambda x: 1 - _rise(x))
        case Place.RIGHT:
            return rightwards(scene.size, _rise)
        case Place.CENTRE:
            return ImageOps.invert(_rim(scene.size))
        case Place.EDGES:
            return _rim(scene.size)
        case Place.SKY:
            return scene.sky.mask
        case Place.GROUND:
            return ImageOps.invert(scene.sky.mask)


def _rise(share: float) -> float:
    return smooth((share - 0.5) / _SOFTNESS + 0.5)


def _rim(size: tuple[int, int]) -> Image.Image:
    width, height = size
    return spot(size, (width / 2, height / 2), (width * 0.62, height * 0.62), lambda way: smooth((way - 0.5) / 0.5))
