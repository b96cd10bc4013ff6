from __future__ import annotations

import math
from itertools import pairwise

import pytest

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.outlines import (
    arc,
    box,
    circle,
    jagged,
    lens,
    moved,
    oval,
    points,
    ribbon,
    ridge,
    shrunk,
    smooth,
    spun,
    star,
)


def test_points_are_read_as_svg_writes_them() -> None:
    assert points("0,1 -0.5,.25") == ((0.0, 1.0), (-0.5, 0.25))


def test_a_circle_is_round_and_an_oval_turns() -> None:
    assert all(math.dist(point, (3, 4)) == pytest.approx(2) for point in circle(3, 4, 2))
    assert max(y for _, y in oval(0, 0, 2, 1, 90)) == pytest.approx(2)


def test_rounding_keeps_a_box_inside_its_sides() -> None:
    assert box(0, 0, 2, 1) == [(0, 0), (2, 0), (2, 1), (0, 1)]
    rounded = box(0, 0, 2, 1, 0.25)
    assert {min(x for x, _ in rounded), max(x for x, _ in rounded)} == {0, 2}
    assert (0, 0) not in rounded


def test_an_arc_runs_from_start_to_end() -> None:
    line = arc(0, 0, 1, 0, 180, corners=9)
    assert (line[0], len(line)) == ((1, 0), 9)
    assert line[-1] == pytest.approx((-1, 0))


def test_stars_alternate_between_two_radii() -> None:
    reaches = [round(math.hypot(x, y), 6) for x, y in star(0, 0, 2, 5, 0.5)]
    assert reaches == [2, 1] * 5


def test_a_smooth_curve_passes_its_points() -> None:
    knots = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)]
    assert set(knots) <= set(smooth(knots, closed=False))
    assert set(knots) <= set(smooth(knots))


def test_a_ribbon_has_its_widths_at_both_ends() -> None:
    band = ribbon([(0, 0), (5, 0), (10, 0)], (2, 4))
    ys = {x: sorted(y for px, y in band if px == x) for x in (0, 5, 10)}
    assert ys == {0: [-1, 1], 5: [-1.5, 1.5], 10: [-2, 2]}


def test_a_lens_is_pointed_left_and_right() -> None:
    almond = lens(0, 0, 10, 1)
    assert {(-10, 0), (10, 0)} <= {(round(x), round(y)) for x, y in almond}
    assert max(abs(y) for _, y in almond) <= 1


def test_ridges_fill_their_range_and_rough_ones_are_rougher() -> None:
    def steepness(roughness: float) -> float:
        heights = ridge(Chance("ridge"), 7, roughness)
        assert (min(heights), max(heights), len(heights)) == (0, 1, 129)
        return sum(abs(right - left) for left, right in pairwise(heights))

    assert steepness(0.6) > 1.5 * steepness(0.35)


def test_a_broken_line_keeps_its_ends() -> None:
    line = jagged(Chance("line"), (0, 0), (10, 0), 0.1)
    assert (line[0], line[-1]) == ((0, 0), (10, 0))
    assert len({y for _, y in line}) > 5


def test_moving_turning_and_shrinking() -> None:
    assert moved([(1, 1)], 10, 20, 2) == [(12, 22)]
    assert spun((2, 1), (1, 1), 90) == pytest.approx((1, 2))
    assert shrunk([(0, 0), (2, 0), (2, 2), (0, 2)], 0.5) == [(0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5)]
