from __future__ import annotations

import pytest

from gateway.imaging.editing.colour_names import COLOURS, rgb
from gateway.imaging.editing.meanings import Rgb


@pytest.mark.parametrize(
    ("name", "expected"),
    [("red", (255, 0, 0)), ("grey", (128, 128, 128)), ("light blue", (173, 216, 230)), ("cream", (255, 253, 208))],
)
def test_names(name: str, expected: Rgb) -> None:
    assert COLOURS[name].rgb == expected


@pytest.mark.parametrize("name", ["snow", "sky blue", "sea green"])
def test_names_that_mean_something_else(name: str) -> None:
    assert name not in COLOURS


def test_colours_are_named_in_british_spelling() -> None:
    assert not [colour.name for colour in COLOURS.values() if "gray" in colour.name]


def test_codes() -> None:
    assert rgb("#f00") == rgb("#ff0000") == (255, 0, 0)
