"""Brightness and contrast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.imaging.editing.curves import bend

if TYPE_CHECKING:
    from PIL import Image

    from gateway.imaging.editing.operation import Touch

_MIDDLE = 127.5


def brighten(image: Image.Image, touch: Touch) -> Image.Image:
    factor = touch.factor(0.3)
    return bend(image, lambda level: level * factor)


def contrast(image: Image.Image, touch: Touch) -> Image.Image:
    factor = touch.factor(0.4)
    return bend(image, lambda level: (level - _MIDDLE) * factor + _MIDDLE)
