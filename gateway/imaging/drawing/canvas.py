"""The picture being made: outlines filled without jagged edges, glows, washes and reflections."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from gateway.imaging.drawing.outlines import Outline, Point
from gateway.imaging.drawing.paint import Clip, Frame, Paint, falloff
from gateway.imaging.drawing.palette import Colour

_FINE, _COARSE = 4, 2
"""Edges are drawn this many times larger and reduced; on large areas steps show less and cost more."""
_SMALL_AREA = 160_000
"""Pixels up to which the finer scale costs less than pasting the paint."""


class Canvas:
    """Coordinates are pixels from the top left corner, with fractions."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.image = Image.new("RGB", size)
        self.width, self.height = size

    def fill(
        self,
        paint: Paint,
        *outlines: Outline,
        opacity: float = 1.0,
        soft: float = 0.0,
        within: Outline | None = None,
    ) -> None:
        """Fill the union of the outlines.

        `soft` is the radius in pixels by which the edge is blurred. `within` cuts away what is outside of it.
        """
        frame = _frame(outlines)
        clip = self._clip(frame if within is None else _overlap(frame, _frame((within,))), 3 * soft)
        if clip is None:
            return
        mask = _soft_mask(outlines, clip, opacity, soft) if soft else _mask(outlines, clip, opacity)
        if within is not None:
            mask = ImageChops.multiply(mask, _mask((within,), clip, 1.0))
        self._paste(paint, frame, clip, mask)

    def wash(self, paint: Paint, top: float = 0.0, bottom: float | None = None) -> None:
        """Paint the whole width from `top` to `bottom`."""
        frame = (0.0, top, float(self.width), self.height if bottom is None else bottom)
        clip = self._clip(frame, 0)
        if clip is not None:
            self._paste(paint, frame, clip, None)

    def glow(self, colour: Colour, centre: Point, across: float, along: float, opacity: float = 1.0) -> None:
        """A soft spot that fades to nothing at the two radii; with a dark colour, a shadow."""
        x, y = centre
        frame = (x - across, y - along, x + across, y + along)
        clip = self._clip(frame, 0)
        if clip is None:
            return
        mask = falloff(frame, clip).point([round(part * opacity) for part in range(256)])
        self._paste(colour, frame, clip, mask)

    def reflect(self, line: float, bottom: float, reach: float, strength: float) -> None:
        """Mirror what stands above `line` into the strip below it, weaker towards the bottom.

        `reach` is how many pixels of height are taken from above.
        """
        top, low = round(line), min(self.height, round(bottom))
        source = max(0, top - round(reach))
        if low <= top or top <= source:
            return
        size = (self.width, low - top)
        strip = self.image.crop((0, source, self.width, top)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        # Blurring at a third of the size is what water does, and a ninth of the work.
        small = strip.resize((max(1, size[0] // 3), max(1, size[1] // 3)), Image.Resampling.BOX)
        strip = small.filter(ImageFilter.BoxBlur((1, 2))).resize(size, Image.Resampling.BILINEAR)
        fading = Image.linear_gradient("L").point([round(strength * (255 - 0.7 * part)) for part in range(256)])
        self.image.paste(strip, (0, top), fading.resize(size, Image.Resampling.BILINEAR))

    def blur(self, radius: float) -> None:
        """Put everything so far out of focus."""
        shrink = max(1, int(radius / 2))
        small = self.image.reduce(shrink).filter(ImageFilter.GaussianBlur(radius / shrink))
        self.image = small.resize(self.image.size, Image.Resampling.BICUBIC)

    def _paste(self, paint: Paint, frame: Frame, clip: Clip, mask: Image.Image | None) -> None:
        self.image.paste(paint if isinstance(paint, tuple) else paint.render(frame, clip), clip, mask)

    def _clip(self, frame: Frame, margin: float) -> Clip | None:
        left, top = max(0, math.floor(frame[0] - margin)), max(0, math.floor(frame[1] - margin))
        right = min(self.width, math.ceil(frame[2] + margin))
        bottom = min(self.height, math.ceil(frame[3] + margin))
        return (left, top, right, bottom) if left < right and top < bottom else None


def _frame(outlines: Sequence[Outline]) -> Frame:
    xs = [x for outline in outlines for x, _ in outline]
    ys = [y for outline in outlines for _, y in outline]
    return (min(xs), min(ys), max(xs), max(ys)) if xs else (0.0, 0.0, 0.0, 0.0)


def _overlap(one: Frame, other: Frame) -> Frame:
    return (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))


def _mask(outlines: Sequence[Outline], clip: Clip, opacity: float) -> Image.Image:
    left, top, right, bottom = clip
    scale = _FINE if (right - left) * (bottom - top) <= _SMALL_AREA else _COARSE
    return _stencil(outlines, clip, scale, opacity).reduce(scale)


def _soft_mask(outlines: Sequence[Outline], clip: Clip, opacity: float, soft: float) -> Image.Image:
    """A blurred edge hides a coarse one, so the wider the blur, the smaller the stencil."""
    scale = min(1.0, 2 / soft)
    blurred = _stencil(outlines, clip, scale, opacity).filter(ImageFilter.GaussianBlur(soft * scale))
    size = (clip[2] - clip[0], clip[3] - clip[1])
    return blurred if blurred.size == size else blurred.resize(size, Image.Resampling.BILINEAR)


def _stencil(outlines: Sequence[Outline], clip: Clip, scale: float, opacity: float) -> Image.Image:
    left, top, right, bottom = clip
    size = (max(1, math.ceil((right - left) * scale)), max(1, math.ceil((bottom - top) * scale)))
    stencil = Image.new("L", size)
    pen = ImageDraw.Draw(stencil)
    level = round(255 * opacity)
    for outline in outlines:
        pen.polygon([((x - left) * scale, (y - top) * scale) for x, y in outline], fill=level)
    return stencil
