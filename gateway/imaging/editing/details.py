"""What a clause says about an operation, or that it says something the operation does not take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from gateway.imaging.editing.lexicon import Call, Meaning
from gateway.imaging.editing.meanings import (
    Amount,
    Aspect,
    Axis,
    Colour,
    Direction,
    Measure,
    Place,
    Ratio,
    Size,
    Spin,
    Text,
    Unit,
)
from gateway.imaging.editing.operation import Details, Operation, Takes
from gateway.imaging.limits import LONGEST_SIDE

_FAINTEST, _FIERCEST = 0.25, 3.0
"""Bounds of what amount words multiply up to."""

_SINGLE: Mapping[type[object], Takes] = MappingProxyType(
    {
        Colour: Takes.COLOUR,
        Axis: Takes.AXIS,
        Spin: Takes.SPIN,
        Ratio: Takes.RATIO,
        Size: Takes.SIZE,
        Text: Takes.TEXT,
        Measure: Takes.PERCENT | Takes.TIMES | Takes.DEGREES | Takes.PIXELS | Takes.COUNT,
    }
)
"""Kinds of which a clause may name one."""

_SEVERAL: Mapping[type[object], Takes] = MappingProxyType(
    {Amount: Takes.AMOUNT, Place: Takes.PLACE | Takes.AREA},
)

_UNITS = MappingProxyType(
    {
        Unit.DEGREES: Takes.DEGREES,
        Unit.PIXELS: Takes.PIXELS,
        Unit.PLAIN: Takes.COUNT,
        Unit.PERCENT: Takes.PERCENT,
        Unit.TIMES: Takes.TIMES,
    }
)
_BARE: Mapping[Unit, Sequence[Unit]] = MappingProxyType(
    {
        Unit.PLAIN: (Unit.DEGREES, Unit.PIXELS, Unit.PLAIN),
        Unit.POINTS: (Unit.DEGREES, Unit.PIXELS, Unit.PLAIN, Unit.PERCENT),
    }
)
"""What a number without a unit may count; the first that the operation takes."""

_MOST = MappingProxyType({Unit.PERCENT: 700.0, Unit.TIMES: 8.0, Unit.PIXELS: float(LONGEST_SIDE)})
"""Beyond these a number is a slip, and what it asks for could not be told from less."""

_T = TypeVar("_T")


def gather(call: Call, meanings: Sequence[Meaning]) -> Details | None:
    """None where a meaning has no place in the operation, or stands twice."""
    operation = call.operation
    if not _takes_all(operation, meanings):
        return None
    details = Details(
        sign=_sign(call, _of(Direction, meanings)),
        amount=max(_FAINTEST, min(_FIERCEST, math.prod(amount.factor for amount in _of(Amount, meanings)))),
        measure=_first(Measure, meanings),
        colour=_first(Colour, meanings),
        places=tuple(dict.fromkeys(_of(Place, meanings))),
        axis=_first(Axis, meanings),
        spin=_first(Spin, meanings),
        ratio=_first(Ratio, meanings),
        size=_first(Size, meanings),
        text=next((text.words for text in _of(Text, meanings)), None),
    )
    measured = _measured(operation, details)
    if measured is None or (measured.sign < 0 and not operation.less) or not operation.accepts(measured):
        return None
    return measured


def _takes_all(operation: Operation, meanings: Sequence[Meaning]) -> bool:
    if not all(operation.changes & aspect for aspect in _of(Aspect, meanings)):
        return False
    if any(len(_of(kind, meanings)) > 1 for kind in _SINGLE):
        return False
    return all(operation.takes & takes or not _of(kind, meanings) for kind, takes in {**_SINGLE, **_SEVERAL}.items())


def _sign(call: Call, directions: Iterable[Direction]) -> int:
    less = any(direction.sign < 0 and not (direction.particle and call.is_directed) for direction in directions)
    return -call.sign if less else call.sign


def _measured(operation: Operation, details: Details) -> Details | None:
    """The number in a unit that the operation takes; one below zero means the opposite."""
    measure = details.measure
    if measure is None:
        return details
    unit = next((unit for unit in _BARE.get(measure.unit, (measure.unit,)) if operation.takes & _UNITS[unit]), None)
    if unit is None or abs(measure.value) > _MOST.get(unit, math.inf):
        return None
    if measure.value >= 0 or unit is Unit.DEGREES:
        return replace(details, measure=replace(measure, unit=unit))
    if not operation.less:
        return None
    return replace(details, measure=replace(measure, unit=unit, value=-measure.value), sign=-details.sign)


def _of(kind: type[_T], meanings: Iterable[Meaning]) -> list[_T]:
    return [meaning for meaning in meanings if isinstance(meaning, kind)]


def _first(kind: type[_T], meanings: Iterable[Meaning]) -> _T | None:
    return next(iter(_of(kind, meanings)), None)
