"""What a word of an instruction can mean, apart from calling an operation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from typing import TypeAlias

Rgb: TypeAlias = tuple[int, int, int]
"""sRGB, 0 to 255."""


class Verb(StrEnum):
    """What the instruction wants done with the things it names."""

    ADD = "add"
    CHANGE = "change"
    KEEP = "keep"
    REMOVE = "remove"
    REFUSE = "refuse"
    """"Do not", "never": it holds for everything that follows in the sentence."""
    SPARE = "spare"
    """"Without": it ends where the next request begins."""


class Joint(StrEnum):
    """How a clause hangs on the one before it, from loose to tight."""

    SENTENCE = "sentence"
    COMMA = "comma"
    AND = "and"
    OR = "or"


class Mark(StrEnum):
    """Words that carry the sentence rather than the picture."""

    FILLER = "filler"
    TARGET = "target"
    """The picture as a whole: "the image", "it"."""
    CONNECTOR = "connector"
    """A preposition or participle; what follows says where or how."""
    CHAIN = "chain"
    """A connector that a second operation may follow: "a night *with* stars"."""
    ONLY = "only"
    """A word like "just", which ends what a "not" or "no" before it holds for."""
    REST = "rest"
    """"Everything else"."""
    OBSTACLE = "obstacle"
    """A word that narrows what is meant in a way that cannot be followed: "except"."""


class Aspect(Flag):
    """What an operation changes, and what an instruction may ask to keep."""

    LIGHT = auto()
    COLOUR = auto()
    DETAIL = auto()
    SHAPE = auto()
    CONTENT = auto()


class Place(StrEnum):
    """A part of the picture. Several together mean where they overlap."""

    TOP = "top"
    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"
    EDGES = "edges"
    SKY = "sky"
    GROUND = "ground"


class Axis(StrEnum):
    """The direction in which a picture is mirrored."""

    HORIZONTAL = "left to right"
    VERTICAL = "top to bottom"


class Spin(StrEnum):
    CLOCKWISE = "clockwise"
    COUNTERCLOCKWISE = "counterclockwise"


class Unit(StrEnum):
    PERCENT = "percent"
    TIMES = "times"
    DEGREES = "degrees"
    PIXELS = "pixels"
    PLAIN = "plain"
    """A number alone; what it counts depends on the operation."""
    POINTS = "points"
    """A number that is said to be a change or a goal, "by 20" or "+20"."""


@dataclass(frozen=True, slots=True)
class Measure:
    value: float
    unit: Unit
    absolute: bool = False
    """"To 50%" rather than "by 50%"."""


@dataclass(frozen=True, slots=True)
class Amount:
    factor: float
    """1 is the usual strength of an operation."""


@dataclass(frozen=True, slots=True)
class Direction:
    """More (1) or less (-1) of what is named."""

    sign: int
    particle: bool = False
    """"Up" and "down" belong to the verb: they turn "brightness down" around, but not "cool it down"."""


@dataclass(frozen=True, slots=True)
class Colour:
    name: str
    rgb: Rgb


@dataclass(frozen=True, slots=True)
class Ratio:
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Text:
    """Quoted words, exactly as they were written."""

    words: str


Detail: TypeAlias = Measure | Amount | Direction | Colour | Place | Axis | Spin | Ratio | Size | Text
"""What an operation can be told beside its name."""

DETAILS = (Measure, Amount, Direction, Colour, Place, Axis, Spin, Ratio, Size, Text)

Sense: TypeAlias = Detail | Verb | Mark | Aspect
