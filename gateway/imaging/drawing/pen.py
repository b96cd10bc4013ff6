"""Where a motif draws: a pen in a thing's own measure, and the view that a backdrop fills."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gateway.imaging.drawing.canvas import Canvas
from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.light import Light
from gateway.imaging.drawing.outlines import Outline, Point, spun
from gateway.imaging.drawing.paint import Fade, Globe, Paint
from gateway.imaging.drawing.palette import BLACK, Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Draws in units of a thing's height: its foot is (0, 0), x goes right and y goes up."""

    canvas: Canvas
    light: Light
    chance: Chance
    x: float
    y: float
    size: float
    """Where the foot is on the canvas, and how many pixels are one unit."""
    mirrored: bool = False
    sunken: bool = False
    """Upside down, as a reflection."""
    turn: float = 0.0
    """Degrees, counter-clockwise."""

    def at(self, point: Point) -> Point:
        """A point of the thing on the canvas."""
        x, y = spun(point, (0.0, 0.0), self.turn)
        return (
            self.x + self.size * (-x if self.mirrored else x),
            self.y + self.size * (y if self.sunken else -y),
        )

    def fill(
        self,
        paint: Paint,
        *outlines: Outline,
        opacity: float = 1.0,
        soft: float = 0.0,
        within: Outline | None = None,
    ) -> None:
        """Fill as the light shows the paint; `soft` is in units."""
        self.shine(self.light.over(paint), *outlines, opacity=opacity, soft=soft, within=within)

    def shine(
        self,
        paint: Paint,
        *outlines: Outline,
        opacity: float = 1.0,
        soft: float = 0.0,
        within: Outline | None = None,
    ) -> None:
        """Fill with the paint itself, as lamps and screens do whatever the light."""
        placed = [[self.at(point) for point in outline] for outline in outlines]
        cut = None if within is None else [self.at(point) for point in within]
        self.canvas.fill(self._turned(paint), *placed, opacity=opacity, soft=soft * self.size, within=cut)

    def glow(self, colour: Colour, x: float, y: float, radius: float, opacity: float = 0.6) -> None:
        self.canvas.glow(colour, self.at((x, y)), radius * self.size, radius * self.size, opacity)

    def shadow(self, half_width: float, opacity: float = 0.4, x: float = 0.0) -> None:
        """Where the thing touches the ground."""
        centre = self.at((x, 0.0))
        across = half_width * self.size
        self.canvas.glow(self.light.on(BLACK), centre, across, max(2.0, across * 0.2), opacity)

    def part(self, x: float, y: float, size: float, turn: float = 0.0) -> Pen:
        """A pen for something smaller whose foot is at a point of this thing."""
        left, top = self.at((x, y))
        return replace(self, x=left, y=top, size=self.size * size, turn=self.turn + turn)

    def _turned(self, paint: Paint) -> Paint:
        """The paint mirrored with the thing, so that its lit side stays on the same side of it."""
        match paint:
            case Fade() if self.mirrored if paint.across else self.sunken:
                return replace(paint, stops=paint.stops[::-1])
            case Globe():
                x = 1 - paint.x if self.mirrored else paint.x
                return replace(paint, x=x, y=1 - paint.y if self.sunken else paint.y)
            case _:
                return paint


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What backdrops need to know. Pixels, y goes down."""

    canvas: Canvas
    light: Light
    chance: Chance
    horizon: float
    sun: Point
    leaf: Colour
    """Of trees and grass in this season."""
    front: bool = True
    """Nothing else covers the ground before this place, so it reaches to the lower edge."""

    @property
    def width(self) -> int:
        return self.canvas.width

    @property
    def height(self) -> int:
        return self.canvas.height

    @property
    def unit(self) -> int:
        """The shorter side."""
        return min(self.canvas.width, self.canvas.height)

    def pen(self, x: float, y: float, size: float, *, mirrored: bool = False) -> Pen:
        """For a thing whose foot stands at a pixel, `size` pixels a unit."""
        return Pen(canvas=self.canvas, light=self.light, chance=self.chance, x=x, y=y, size=size, mirrored=mirrored)
