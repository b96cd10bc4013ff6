"""Who is in the picture, where they stand and how large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image

from gateway.imaging.drawing.motifs import Rests, Thing
from gateway.imaging.drawing.objects import brush, easel
from gateway.imaging.drawing.palette import Colour, rotate
from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.reader import Scene, Shown

_TWIN_TURN = 76.0
_VARIATION_TURN = 137.5
"""Degrees of hue between two of a kind, and between variations: the golden angle never comes back to a start."""
_PAPER: Colour = (250, 246, 236)


@dataclass(frozen=True, slots=True)
class Actor:
    """One thing in its colour."""

    thing: Thing
    colour: Colour


@dataclass(frozen=True, slots=True)
class Cast:
    actors: tuple[Actor, ...]
    painted: Actor | None
    """What the first of them paints on an easel."""

    def resting(self, rests: Rests) -> tuple[Actor, ...]:
        return tuple(actor for actor in self.actors if actor.thing.rests is rests)


def gather(scene: Scene, index: int) -> Cast:
    """Everybody in the scene; those that come in any colour change it from variation to variation."""
    actors = [_actor(shown, twin, index) for shown in scene.things for twin in range(shown.count)]
    return Cast(tuple(actors), _actor(scene.painted, 0, 0) if scene.painted else None)


def line_up(view: View, cast: Sequence[Actor], foot: float, unit: float, *, shine: float = 0.0) -> None:
    """Side by side with the first named in the middle; `foot` and `unit` in pixels.

    `shine` is how strongly the ground mirrors them, 0 to 1.
    """
    chance = view.chance.fork("line")
    unit *= _fit(view, cast, unit) * chance.between(0.88, 1.06)
    aside = chance.between(-0.08, 0.08)
    marks = []
    for step, actor in enumerate(_middle_out(cast)):
        share = (step + 1) / (len(cast) + 1)
        x = view.width * (0.5 + (share - 0.5) * 1.12 + aside)
        y = foot + (chance.between(-0.03, 0.05) * view.unit if len(cast) > 1 else 0.0)
        marks.append((y, x, step, actor))
    for y, x, step, actor in sorted(marks, key=lambda mark: mark[:2]):
        _stand(view, actor, (x, y), unit, mirrored=chance.fork(f"{step}").either(0.4), shine=shine)


def hang(view: View, cast: Sequence[Actor], middle: float, unit: float) -> None:
    """In the air or in water around the height `middle`; it and `unit` in pixels."""
    unit *= _fit(view, cast, unit)
    chance = view.chance.fork("hang")
    for step, actor in enumerate(cast):
        share = (step + 1) / (len(cast) + 1)
        x = view.width * (0.5 + (share - 0.5) * 1.2 + chance.between(-0.08, 0.08))
        y = middle + (chance.between(-0.14, 0.18) * view.unit if len(cast) > 1 else 0.0)
        size = unit * actor.thing.size * (chance.between(0.62, 1.0) if step else 1.0)
        actor.thing.paint(view.pen(x, y + size / 2, size, mirrored=chance.either(0.3)), actor.colour)


def at_easel(view: View, cast: Sequence[Actor], painted: Actor, foot: float, unit: float) -> None:
    """The painter on the left, on the right an easel with a small version of what is painted."""
    unit *= min(1.0, view.width / (1.9 * unit))
    middle = view.width / 2
    stand = view.pen(middle + unit * 0.52, foot - unit * 0.02, unit * 1.02)
    easel(stand, _PAPER)
    painted.thing.paint(stand.part(0.0, 0.44, 0.34), painted.colour)
    for actor, x in zip(cast, (middle - unit * 0.42, view.width * 0.9, view.width * 0.1), strict=False):
        actor.thing.paint(view.pen(x, foot, unit * actor.thing.size), actor.colour)
    brush(replace(view.pen(*stand.at((-0.24, 0.62)), unit * 0.40), turn=18.0), painted.colour)


def _actor(shown: Shown, twin: int, index: int) -> Actor:
    if shown.colour is not None:
        return Actor(shown.thing, shown.colour)
    turn = _TWIN_TURN * twin + _VARIATION_TURN * index if shown.thing.any_colour else 0.0
    return Actor(shown.thing, rotate(shown.thing.colour, turn) if turn else shown.thing.colour)


def _stand(view: View, actor: Actor, foot: tuple[float, float], unit: float, *, mirrored: bool, shine: float) -> None:
    pen = view.pen(*foot, unit * actor.thing.size, mirrored=mirrored)
    if shine:
        before = view.canvas.image.copy()
        actor.thing.paint(replace(pen, sunken=True), actor.colour)
        view.canvas.image = Image.blend(before, view.canvas.image, shine)
    actor.thing.paint(pen, actor.colour)


def _middle_out(cast: Sequence[Actor]) -> list[Actor]:
    order: list[Actor] = []
    for step, actor in enumerate(cast):
        order.insert(len(order) if step % 2 else 0, actor)
    return order


def _fit(view: View, cast: Sequence[Actor], unit: float) -> float:
    """By how much things are made smaller so that they have room beside each other."""
    wanted = sum(unit * max(0.8, actor.thing.size) for actor in cast)
    return min(1.0, view.width * 0.95 / wanted) if wanted else 1.0
