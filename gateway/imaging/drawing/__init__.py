"""Pictures from words, without a model: a prompt is read for motifs, light and colours, and they are drawn.

    prompt -> reader (with the wordbook) -> Scene -> composition -> motifs -> pen -> canvas

A renderer, not a model: what the wordbook does not know only shapes the chance. Equal arguments give equal
pixels on every run.
"""

from __future__ import annotations

from PIL import Image

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.composition import compose
from gateway.imaging.drawing.reader import read
from gateway.imaging.drawing.wordbook import VOCABULARY_HELP

__all__ = ["VOCABULARY_HELP", "draw", "understands"]


def draw(prompt: str, *, seed: int, index: int, size: tuple[int, int]) -> Image.Image:
    """The picture number `index` for a prompt and a seed, RGB, width and height in pixels. Blocks.

    `index` varies composition and palette. The size is not part of the chance, so that another ratio shows
    the same picture in another shape.
    """
    return compose(read(prompt), Chance("picture", prompt, seed), index, size)


def understands(prompt: str) -> bool:
    """Whether any word of the prompt decides what the picture shows."""
    return read(prompt).understood
