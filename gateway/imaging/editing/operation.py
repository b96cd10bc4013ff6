"""One operation of the renderer: how it is called, what it takes, and the function that paints it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Flag, auto
from typing import TypeAlias

from PIL import Image

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.editing.horizon import Scene, Sky
from gateway.imaging.editing.meanings import (
    Aspect,
    Axis,
    Colour,
    Detail,
    Measure,
    Place,
    Ratio,
    Size,
    Spin,
    Unit,
    Verb,
)

_BRONZE = (13**0.5 - 3) / 2
"""Multiples of this, without their whole part, fall far from each other; the first few fall far from 0 too."""

_CYCLE = 2**20


class Takes(Flag):
    """What a clause may say beside the operation. Anything else leaves the clause not understood."""

    NOTHING = 0
    AMOUNT = auto()
    PERCENT = auto()
    TIMES = auto()
    DEGREES = auto()
    PIXELS = auto()
    COUNT = auto()
    COLOUR = auto()
    PLACE = auto()
    """Where the operation puts something."""
    AREA = auto()
    """Which part of the picture changes; the operation itself sees all of it."""
    AXIS = auto()
    SPIN = auto()
    RATIO = auto()
    SIZE = auto()
    TEXT = auto()

    STRENGTH = AMOUNT | PERCENT | TIMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What one clause says about one operation."""

    sign: int = 1
    """-1 for the opposite: darken instead of brighten."""
    amount: float = 1.0
    measure: Measure | None = None
    colour: Colour | None = None
    places: tuple[Place, ...] = ()
    axis: Axis | None = None
    spin: Spin | None = None
    ratio: Ratio | None = None
    size: Size | None = None
    text: str | None = None

    def number(self, unit: Unit) -> float | None:
        """The measured value, if the clause gave one in this unit."""
        return self.measure.value if self.measure is not None and self.measure.unit is unit else None


@dataclass(frozen=True, slots=True)
class Touch:
    """How one operation is done this time: the details, the other pictures, and which variation is painted."""

    details: Details = field(default_factory=Details)
    variation: int = 0
    others: tuple[Image.Image, ...] = ()
    scene: Scene | None = None
    """What the image was before the steps so far, in the same shape; None for the image itself."""

    def sky_of(self, image: Image.Image) -> Sky:
        """Where the sky is in the RGB image that is being edited."""
        return (self.scene or Scene(image)).sky

    @property
    def drift(self) -> float:
        """Where a variation puts things, from -0.5 to 0.5; 0 in the first picture."""
        return (self._turn + 0.5) % 1 - 0.5

    @property
    def vigour(self) -> float:
        """How much stronger or weaker a variation is; 1 in the first picture, never near it in the others."""
        if self.variation == 0:
            return 1.0
        share = self._turn % 1
        return 1.25 + 0.6 * share if self.variation % 2 else 0.8 - 0.35 * share

    def strength(self, usual: float = 1.0, most: float = 1.0) -> float:
        """How strongly an effect is laid on, 0 to `most`; `usual` where the clause does not say."""
        percent, times = self.details.number(Unit.PERCENT), self.details.number(Unit.TIMES)
        asked = usual * self.details.amount * (1.0 if times is None else times)
        return self._varied(asked if percent is None else percent / 100, most)

    def factor(self, usual: float, most: float = 8.0) -> float:
        """What a quantity is multiplied by, 0 to `most`: `1 + usual` for more, `1 - usual` for less."""
        change = self._asked_factor(usual) - 1
        return 1 - self._varied(-change, 1.0) if change < 0 else 1 + self._varied(change, most - 1)

    def pixels(self, usual: float) -> float:
        """A length; `usual` where the clause does not say."""
        asked = self.details.number(Unit.PIXELS)
        return (usual * self.details.amount if asked is None else asked) * self.vigour

    def chance(self, *key: str) -> Chance:
        """Numbers for placing things, other ones in every variation."""
        return Chance("edit", *key, self.variation)

    def steady(self) -> Touch:
        """The same for an operation that has only one right result."""
        return replace(self, variation=0)

    @property
    def _turn(self) -> float:
        # A float holds the multiples of small numbers only.
        return self.variation % _CYCLE * _BRONZE

    def _varied(self, asked: float, most: float) -> float:
        """Stronger or weaker; only weaker where there is no room above, so that no two variations meet at the top."""
        asked = max(0.0, min(most, asked))
        varied = asked * self.vigour
        return varied if varied <= most else asked * (1 - 0.35 * (self.vigour - 1))

    def _asked_factor(self, usual: float) -> float:
        sign, measure = self.details.sign, self.details.measure
        match measure:
            case Measure(value, Unit.PERCENT, True):
                return value / 100
            case Measure(value, Unit.PERCENT):
                return 1 + sign * value / 100
            case Measure(value, Unit.TIMES) if value > 0:
                return value**sign
            case _:
                return 1 + sign * usual * self.details.amount


Paint: TypeAlias = Callable[[Image.Image, Touch], Image.Image]
"""Takes and returns RGB of one size; takes and returns RGB or RGBA where the operation changes the shape."""


def _always(_details: Details) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    name: str
    words: tuple[str, ...]
    """Words and phrases that call it, without articles, in British spelling."""
    less: tuple[str, ...] = ()
    """Those that call its opposite. Without any, "less" of it is not understood."""
    presets: tuple[tuple[str, tuple[Detail, ...]], ...] = ()
    """Phrases that call it and say a detail at once: "half size"."""
    does: str
    """For the table of the guide."""
    says: Callable[[Details], str]
    """What was done, as part of a sentence."""
    paint: Paint
    takes: Takes = Takes.NOTHING
    changes: Aspect
    adds: bool = False
    """It brings something in, so what else the clause says about that thing does not matter much."""
    exact: bool = False
    """It has one right result, which variations do not alter."""
    enlarges: bool = False
    """The result may have more pixels than the picture."""
    pictures: int = 1
    """How many it needs."""
    accepts: Callable[[Details], bool] = _always
    """Whether these details together make sense."""
    implied: Callable[[Verb | None, Details], bool] | None = None
    """Whether a clause that names no operation means this one: "make it blue"."""

    @property
    def reshapes(self) -> bool:
        return Aspect.SHAPE in self.changes

    @property
    def phrases(self) -> tuple[str, ...]:
        """Everything that calls it or its opposite."""
        return (*self.words, *self.less, *(phrase for phrase, _ in self.presets))
