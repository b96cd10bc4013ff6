"""Colours: mixed and turned as the eye sees them, harmonies, and the names that prompts use."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from gateway.imaging.drawing.chance import Chance

Colour: TypeAlias = tuple[int, int, int]
"""sRGB, 0 to 255."""

_Lab: TypeAlias = tuple[float, float, float]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)

NAMED: dict[str, Colour] = {
    "red": (206, 44, 49),
    "crimson": (176, 20, 52),
    "scarlet": (222, 46, 32),
    "maroon": (112, 28, 40),
    "burgundy": (116, 22, 48),
    "pink": (242, 142, 174),
    "rose": (232, 110, 140),
    "magenta": (212, 42, 148),
    "fuchsia": (216, 48, 160),
    "coral": (250, 126, 98),
    "salmon": (248, 146, 122),
    "peach": (252, 190, 150),
    "orange": (242, 132, 34),
    "amber": (250, 176, 36),
    "copper": (188, 108, 62),
    "bronze": (166, 112, 52),
    "brown": (124, 78, 46),
    "chocolate": (96, 58, 36),
    "tan": (208, 172, 128),
    "beige": (228, 210, 178),
    "cream": (250, 238, 210),
    "ivory": (250, 244, 224),
    "yellow": (250, 212, 50),
    "gold": (232, 178, 44),
    "golden": (232, 178, 44),
    "mustard": (214, 164, 42),
    "lime": (160, 214, 58),
    "green": (66, 148, 74),
    "emerald": (22, 150, 106),
    "olive": (122, 128, 58),
    "sage": (156, 174, 140),
    "mint": (150, 220, 188),
    "jade": (36, 150, 118),
    "teal": (18, 128, 132),
    "turquoise": (52, 196, 192),
    "cyan": (46, 196, 220),
    "aqua": (84, 206, 214),
    "blue": (42, 104, 196),
    "azure": (44, 138, 224),
    "navy": (28, 46, 102),
    "indigo": (70, 56, 156),
    "cobalt": (30, 76, 172),
    "violet": (128, 74, 190),
    "purple": (118, 58, 164),
    "lavender": (178, 160, 222),
    "lilac": (196, 164, 214),
    "plum": (118, 50, 104),
    "silver": (190, 196, 204),
    "gray": (134, 138, 144),
    "grey": (134, 138, 144),
    "charcoal": (58, 62, 70),
    "white": (246, 246, 242),
    "black": (34, 34, 40),
}


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """A colour by what the eye tells apart: lightness 0 to 1, chroma 0 to about 0.3, hue in degrees."""
    angle = math.radians(hue)
    return _from_lab((lightness, chroma * math.cos(angle), chroma * math.sin(angle)))


def hue_of(colour: Colour) -> float:
    """Degrees, as `oklch` takes them."""
    _, a, b = _to_lab(colour)
    return math.degrees(math.atan2(b, a))


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other colour, 0 to 1, without the grey middle that mixing sRGB numbers gives."""
    left, right = _to_lab(one), _to_lab(other)
    return _from_lab(_blend(left, right, share))


def lighten(colour: Colour, share: float) -> Colour:
    return mix(colour, WHITE, share)


def darken(colour: Colour, share: float) -> Colour:
    return mix(colour, BLACK, share)


def rotate(colour: Colour, degrees: float) -> Colour:
    """The same lightness and strength in another hue."""
    lightness, a, b = _to_lab(colour)
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return _from_lab((lightness, a * cosine - b * sine, a * sine + b * cosine))


def recolour(colour: Colour, tint: Colour, share: float) -> Colour:
    """The lightness of `colour` with `share` of the hue and strength of `tint`."""
    lightness, a, b = _to_lab(colour)
    _, tint_a, tint_b = _to_lab(tint)
    return _from_lab((lightness, a + (tint_a - a) * share, b + (tint_b - b) * share))


def ramp(stops: tuple[Colour, ...], samples: int) -> list[Colour]:
    """`samples` colours from the first stop to the last, evenly spaced."""
    last = len(stops) - 1
    if last == 0:
        return [stops[0]] * samples
    colours = []
    for step in range(samples):
        place = step * last / (samples - 1)
        left = min(int(place), last - 1)
        colours.append(mix(stops[left], stops[left + 1], place - left))
    return colours


def harmony(chance: Chance, tints: Iterable[Colour] = ()) -> tuple[Colour, ...]:
    """Six colours that go together, dark to light; around the given tints where there are some."""
    hues = [hue_of(tint) for tint in tints] or [chance.between(0, 360)]
    step = chance.pick((24, 36, 120, 150, 180))
    second = hues[1] if len(hues) > 1 else hues[0] + step
    strength = chance.between(0.10, 0.15)
    return (
        oklch(0.22, 0.06, hues[0] - 12),
        oklch(0.40, strength, hues[0]),
        oklch(0.58, strength + 0.02, hues[0] + 14),
        oklch(0.70, strength + 0.02, second),
        oklch(0.84, strength * 0.8, second + 16),
        oklch(0.95, 0.03, second + 30),
    )


def _blend(left: _Lab, right: _Lab, share: float) -> _Lab:
    keep = 1.0 - share
    return (
        left[0] * keep + right[0] * share,
        left[1] * keep + right[1] * share,
        left[2] * keep + right[2] * share,
    )


@lru_cache(maxsize=4096)
def _to_lab(colour: Colour) -> _Lab:
    """OKLab (Ottosson 2020): https://bottosson.github.io/posts/oklab/."""
    red, green, blue = (_LINEAR[part] for part in colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_lab(lab: _Lab) -> Colour:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _encode(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _encode(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _encode(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _decode(part: int) -> float:
    share = part / 255
    knee = 0.04045
    return share / 12.92 if share <= knee else ((share + 0.055) / 1.055) ** 2.4


def _encode(linear: float) -> int:
    """Clipped to what a screen can show."""
    linear = min(1.0, max(0.0, linear))
    knee = 0.0031308
    return round(255 * (linear * 12.92 if linear <= knee else 1.055 * linear ** (1 / 2.4) - 0.055))


_LINEAR = tuple(_decode(part) for part in range(256))
