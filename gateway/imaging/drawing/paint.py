"""What an outline is filled with: one colour, a fade, or light on something round."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from PIL import Image

from gateway.imaging.drawing.palette import Colour, ramp

Frame: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom of what is filled, in pixels; it may reach beyond the picture."""
Clip: TypeAlias = tuple[int, int, int, int]
"""The whole pixels of a frame that lie inside of the picture."""

_SAMPLES_PER_STOP = 8
"""Between them Pillow blends in sRGB, which nobody can tell from OKLab over so short a way."""
_SPOT_SIDE = 128
_SPOT_RADIUS = 179
"""Pillow's round gradient is 255 in the corners, so the circle inside of it ends just before 255 / sqrt(2)."""


@dataclass(frozen=True, slots=True)
class Fade:
    """A run of colours from the top of what it fills to the bottom, or from left to right."""

    stops: tuple[Colour, ...]
    across: bool = False

    def render(self, frame: Frame, clip: Clip) -> Image.Image:
        """The pixels of `clip` when the fade spans `frame`."""
        size = _size(clip)
        start, end = self._samples(frame, clip)
        strip = Image.frombytes("RGB", (1, self._count), bytes(part for colour in self._ramp() for part in colour))
        length = size[0] if self.across else size[1]
        line = strip.resize((1, length), Image.Resampling.BILINEAR, (0, start, 1, end))
        if self.across:
            line = line.transpose(Image.Transpose.TRANSPOSE)
        return line.resize(size, Image.Resampling.NEAREST)

    @property
    def _count(self) -> int:
        return _SAMPLES_PER_STOP * (len(self.stops) - 1) + 1

    def _ramp(self) -> list[Colour]:
        return ramp(self.stops, self._count)

    def _samples(self, frame: Frame, clip: Clip) -> tuple[float, float]:
        """Where on the strip of samples the clip begins and ends."""
        first, last = (0, 2) if self.across else (1, 3)
        scale = (self._count - 1) / ((frame[last] - frame[first]) or 1.0)
        # The ends of the frame are the centres of the first and the last sample, half a sample inside.
        start, end = (0.5 + scale * (clip[side] - frame[first]) for side in (first, last))
        start = min(max(start, 0.5), self._count - 0.75)
        return start, min(max(end, start + 0.25), self._count - 0.5)


@dataclass(frozen=True, slots=True)
class Globe:
    """Light on something round: `lit` around a place inside the frame, given as shares, `shade` far from it."""

    lit: Colour
    shade: Colour
    x: float = 0.36
    y: float = 0.3
    reach: float = 0.85

    def render(self, frame: Frame, clip: Clip) -> Image.Image:
        """The pixels of `clip` when what is lit fills `frame`."""
        width, height = frame[2] - frame[0], frame[3] - frame[1]
        x, y = frame[0] + self.x * width, frame[1] + self.y * height
        across, along = self.reach * width, self.reach * height
        light = falloff((x - across, y - along, x + across, y + along), clip)
        size = _size(clip)
        return Image.composite(Image.new("RGB", size, self.lit), Image.new("RGB", size, self.shade), light)


Paint: TypeAlias = Colour | Fade | Globe


def falloff(frame: Frame, clip: Clip) -> Image.Image:
    """Mode L: 255 at the centre of the frame, 0 at its inscribed ellipse and outside, for the pixels of `clip`."""
    step_x, step_y = _SPOT_SIDE / (frame[2] - frame[0]), _SPOT_SIDE / (frame[3] - frame[1])
    start_x, start_y = (clip[0] - frame[0]) * step_x, (clip[1] - frame[1]) * step_y
    matrix = (step_x, 0, start_x, 0, step_y, start_y)
    return _spot().transform(_size(clip), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _size(clip: Clip) -> tuple[int, int]:
    return (clip[2] - clip[0], clip[3] - clip[1])


@cache
def _spot() -> Image.Image:
    """A round spot whose brightness falls with a smooth start and a smooth end."""
    shares = [max(0.0, 1 - part / _SPOT_RADIUS) for part in range(256)]
    smooth = [round(255 * share * share * (3 - 2 * share)) for share in shares]
    return Image.radial_gradient("L").resize((_SPOT_SIDE, _SPOT_SIDE), Image.Resampling.BOX).point(smooth)
