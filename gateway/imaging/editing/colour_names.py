"""Colours by name: the CSS names that Pillow knows, the same in separate words, and a few that people say."""

from __future__ import annotations

from types import MappingProxyType

from PIL import ImageColor

from gateway.imaging.editing.meanings import Colour, Rgb

_SPOKEN = {
    "golden": "#ffc400",
    "amber": "#ffbf00",
    "cream": "#fffdd0",
    "peach": "#ffcba4",
    "mint": "#98ffcc",
    "rose": "#ff5c8a",
    "burgundy": "#800020",
    "mustard": "#e1ad01",
    "emerald": "#2fbf71",
    "bronze": "#cd7f32",
    "copper": "#b87333",
    "lilac": "#c8a2c8",
    "charcoal": "#36454f",
    "off white": "#faf8f0",
}
_NOT_COLOURS = frozenset({"snow"})
"""Names that mean weather when they stand in an instruction."""

_SHADES = ("light", "dark", "medium", "pale", "deep", "hot", "royal")
"""Not "sky" or "sea": in "make the sky blue", that is the place."""


def _named() -> dict[str, Colour]:
    names = {name: name for name in ImageColor.colormap if name not in _NOT_COLOURS} | _SPOKEN
    names |= {f"{shade} {name.removeprefix(shade)}": name for name in names for shade in _SHADES if _split(name, shade)}
    return {name: Colour(name.replace("gray", "grey"), rgb(code)) for name, code in names.items()}


def _split(name: str, shade: str) -> bool:
    return name.startswith(shade) and name.removeprefix(shade) in ImageColor.colormap


def rgb(code: str) -> Rgb:
    """The colour of a CSS name or a `#rgb` or `#rrggbb` code."""
    red, green, blue = ImageColor.getrgb(code)[:3]
    return (red, green, blue)


COLOURS = MappingProxyType(_named())
"""Lower-case English name, one or two words, to colour."""
