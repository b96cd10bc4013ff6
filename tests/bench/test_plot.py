"""The picture of the figures: whole, of its size, and drawn where there is something to draw."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bench.chart import HEIGHT, WIDTH, Axis, chart
from bench.curves import Curve, by_stored
from bench.plot import MET, NOT_MET, plot, ratios
from bench.results import Result, Target

CURVE = Curve("Cost", "KB", "ms", {"floor": [(1, 0.3), (4000, 6)], "gateway": [(1, 0.5), (4000, 9)], "none": []})


def job(cpu: float) -> Result:
    return Result(1, "a job", "cpu", {"floor": [{"cpu": 1}], "gateway": [{"cpu": cpu}]}, [Target(2, "floor")])


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    counted = image.convert("RGB").getcolors(1_000_000) or []
    return {colour for _, colour in counted if isinstance(colour, tuple)}


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def test_panels_are_laid_two_by_two(tmp_path: Path) -> None:
    plot([CURVE, CURVE, CURVE], [job(1.5)], tmp_path / "plot.png")
    with Image.open(tmp_path / "plot.png") as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (2 * WIDTH, 2 * HEIGHT))


def test_lines_have_the_colour_of_whom_they_are_of() -> None:
    found = colours(chart(CURVE))
    assert {rgb("#6f879d"), rgb("#c98f00")} <= found


def test_a_chart_of_nothing_is_drawn_too() -> None:
    assert chart(Curve("Cost", "KB", "ms", {})).size == chart(CURVE).size


@pytest.mark.parametrize(("cpu", "there", "absent"), [(1.5, MET, NOT_MET), (2.5, NOT_MET, MET)])
def test_a_bar_shows_whether_its_target_is_met(cpu: float, there: str, absent: str) -> None:
    found = colours(ratios([job(cpu)]))
    assert rgb(there) in found
    assert rgb(absent) not in found


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([1, 128], [1, 2, 5, 10, 20, 50, 100, 200]),
        ([0.3, 0.4], [0.2, 0.5]),
        ([5, 5], [5, 10]),
        ([0.99, 4000], [1, 10, 100, 1000, 10_000]),
    ],
)
def test_an_axis_reaches_around_its_values(values: list[float], ticks: list[float]) -> None:
    axis = Axis(values, 0, 100)
    assert axis.ticks == pytest.approx(ticks)
    assert [axis.at(axis.ticks[0]), axis.at(axis.ticks[-1])] == pytest.approx([0, 100])


def test_stored_pictures_become_points_by_their_number() -> None:
    samples = {"1 000": [{"took": 2.0}], "10 000": [{"took": 3.0}]}
    curve = by_stored([Result(14, "storing one, by pictures stored", "took", samples)])
    assert curve.lines == {"storing one": [(1000, 2), (10_000, 3)]}
