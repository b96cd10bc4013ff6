"""What was done, in words: the parts of the sentence that goes back to the client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from gateway.imaging.editing import geometry, lettering
from gateway.imaging.editing.meanings import Measure, Unit
from gateway.imaging.editing.operation import Details

Says: TypeAlias = Callable[[Details], str]

_WHOLE = 100
_HALF_TURN = 180


def past(done: str, undone: str = "") -> Says:
    """For a change: what was done, or its opposite, how much and where."""

    def says(details: Details) -> str:
        words = undone if details.sign < 0 or (undone and _is_lowered(details)) else done
        return words + _amount(details) + _notes(_places(details))

    return says


def brought(done: str) -> Says:
    """For an addition: how much, in which colour and where are notes."""

    def says(details: Details) -> str:
        amount = _amount(details).strip().removesuffix("ly").removeprefix("by ")
        return done + _notes(amount, _colour(details), _places(details))

    return says


def tinted(details: Details) -> str:
    return f"tinted {_colour(details)}" + _amount(details) + _notes(_places(details))


def turned(details: Details) -> str:
    degrees = geometry.clockwise(details)
    if degrees % 360 == _HALF_TURN:
        return "turned upside down"
    return f"turned {abs(degrees):g} degrees {'clockwise' if degrees >= 0 else 'counterclockwise'}"


def flipped(details: Details) -> str:
    return f"flipped {geometry.flip_axis(details).value}"


def cropped(details: Details) -> str:
    places = _notes(_places(details))
    if details.ratio:
        return f"cropped to {details.ratio.width}:{details.ratio.height}" + places
    if details.size:
        return f"cropped to {details.size.width}x{details.size.height} pixels" + places
    return "cropped" + _amount(details) + (places or " (centre)")


def resized(details: Details) -> str:
    if details.size:
        return f"resized to {details.size.width}x{details.size.height} pixels"
    longest = details.number(Unit.PIXELS)
    if longest is not None:
        return f"resized to {longest:g} pixels on the longer side"
    if details.sign < 0:
        return "reduced in size" + _amount(details)
    return f"resized{_amount(details)}, to {geometry.LARGEST_RESULT // 1_000_000} megapixels at most"


def wrote(details: Details) -> str:
    asked = " ".join((details.text or "").split())
    written, notes = lettering.spelled(asked), _notes(_colour(details), _places(details))
    if written == asked:
        return f"wrote '{written}'{notes}"
    return f"wrote '{written}' for '{asked}', because the bundled font has no accents{notes}"


def _amount(details: Details) -> str:
    match details.measure:
        case Measure(value, Unit.PERCENT, True):
            return f" to {value:g}%"
        case Measure(value, Unit.PERCENT):
            return f" by {value:g}%"
        case Measure(value, Unit.TIMES):
            return f" by a factor of {value:g}"
        case Measure(value, Unit.PLAIN):
            return f" to {value:g} levels"
        case Measure(value, unit):
            return f" by {value:g} {unit.value}"
    if details.amount == 1:
        return ""
    return " slightly" if details.amount < 1 else " strongly"


def _colour(details: Details) -> str:
    return details.colour.name if details.colour else ""


def _places(details: Details) -> str:
    return " ".join(place.value for place in details.places)


def _notes(*notes: str) -> str:
    """In brackets, where there are any."""
    given = ", ".join(filter(None, notes))
    return f" ({given})" if given else ""


def _is_lowered(details: Details) -> bool:
    measure = details.measure
    return measure is not None and measure.absolute and measure.value < _WHOLE
