"""The kinds of meaning that a word can have for a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from gateway.imaging.drawing.abstract import Composition
from gateway.imaging.drawing.finishes import Finish
from gateway.imaging.drawing.light import Light
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.pen import Pen, View

Backdrop: TypeAlias = Callable[[View, Colour | None], None]
"""Paints into a view; the colour is the one that the prompt gave, if any."""

Figure: TypeAlias = Callable[[Pen, Colour], None]


class Rests(Enum):
    GROUND = auto()
    WATER = auto()
    AIR = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """Ground or water under the sky; the ones with less depth number are farther away."""

    paint: Backdrop
    depth: int
    wet: bool = False
    overlay: bool = False
    """Lies on another ground, as a river does."""
    horizon: float = 0.58
    """As a share of the height."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something in the sky or the air."""

    paint: Backdrop
    light: Light | None = None
    """What it implies when the prompt says nothing of the time."""
    near: bool = False
    """In front of everything, as rain is."""
    instead: bool = False
    """Takes the place of the sun or moon."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Surroundings without a sky: a wall, and a floor or a table top from `line` down."""

    wall: Backdrop
    floor: Backdrop | None
    line: float = 0.62
    scale: float = 1.0
    rank: int = 0
    """When two are named the higher wins."""
    shine: float = 0.0
    """How strongly the floor mirrors what stands on it."""
    afloat: bool = False
    """Things hang in it, as in space or under water."""
    wall_matches: bool = True
    """The wall is chosen to go with the colour of what stands before it."""
    floor_matches: bool = False
    light: Light | None = None
    """What it implies when it is only part of a landscape."""


@dataclass(frozen=True, slots=True)
class Thing:
    paint: Figure
    colour: Colour
    size: float = 1.0
    """Height of one unit of its pen, compared with a person."""
    rests: Rests = Rests.GROUND
    any_colour: bool = False
    """It is made or grown in many colours, so that pictures may differ in it."""
    home: str = "hill"
    """The word of the place or setting it is shown in when the prompt names none."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A season, by the colour of its leaves."""

    colour: Colour


@dataclass(frozen=True, slots=True)
class Style:
    finish: Finish


@dataclass(frozen=True, slots=True)
class Pattern:
    """Asks for a picture of nothing in particular."""

    composition: Composition | None = None


@dataclass(frozen=True, slots=True)
class Hue:
    colour: Colour


@dataclass(frozen=True, slots=True)
class Heaven:
    """The sky as a word, so that a colour can belong to it."""


@dataclass(frozen=True, slots=True)
class Number:
    count: int


Meaning: TypeAlias = Place | Mark | Setting | Thing | Light | Leaf | Style | Pattern | Hue | Heaven | Number
