"""Outlines as lists of points: circles, boxes, smooth curves, ribbons, ridges. No pixels here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from gateway.imaging.drawing.chance import Chance

Point: TypeAlias = tuple[float, float]
Outline: TypeAlias = Sequence[Point]


@cache
def points(text: str) -> tuple[Point, ...]:
    """Points as SVG writes them: "x,y x,y ..."."""
    pairs = (word.split(",") for word in text.split())
    return tuple((float(x), float(y)) for x, y in pairs)


def oval(x: float, y: float, across: float, along: float, turn: float = 0.0, *, corners: int = 56) -> list[Point]:
    """Around (x, y) with two radii; `turn` in degrees."""
    return [
        spun((x + across * math.cos(angle), y + along * math.sin(angle)), (x, y), turn)
        for angle in (math.tau * step / corners for step in range(corners))
    ]


def circle(x: float, y: float, radius: float, corners: int = 56) -> list[Point]:
    return oval(x, y, radius, radius, corners=corners)


def box(left: float, low: float, right: float, high: float, rounding: float = 0.0) -> list[Point]:
    """A rectangle; `rounding` is the radius of its corners."""
    if rounding == 0:
        return [(left, low), (right, low), (right, high), (left, high)]
    middles = (
        (right - rounding, high - rounding, 0),
        (left + rounding, high - rounding, 90),
        (left + rounding, low + rounding, 180),
        (right - rounding, low + rounding, 270),
    )
    return [point for x, y, start in middles for point in arc(x, y, rounding, start, start + 90, corners=7)]


def arc(x: float, y: float, radius: float, start: float, end: float, *, corners: int = 24) -> list[Point]:
    """Part of a circle, in degrees from the positive x towards the positive y."""
    angles = (math.radians(start + (end - start) * step / (corners - 1)) for step in range(corners))
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def star(x: float, y: float, radius: float, spikes: int, depth: float, *, turn: float = 90.0) -> list[Point]:
    """`depth` is the inner radius as a share of the outer one."""
    points = []
    for step in range(2 * spikes):
        reach = radius if step % 2 == 0 else radius * depth
        angle = math.radians(turn + 180 * step / spikes)
        points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    return points


def smooth(points: Outline, *, closed: bool = True, steps: int = 8) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    count = len(points)
    curve: list[Point] = []
    for start in range(count if closed else count - 1):
        four = [_neighbour(points, start + offset, closed=closed) for offset in (-1, 0, 1, 2)]
        curve.extend(_between(four, step / steps) for step in range(steps))
    if not closed:
        curve.append(points[-1])
    return curve


def ribbon(line: Outline, widths: Sequence[float]) -> list[Point]:
    """A band along a line; its full widths are spread evenly from the start of the line to its end."""
    left: list[Point] = []
    right: list[Point] = []
    last = len(line) - 1
    for step, (x, y) in enumerate(line):
        before, after = line[max(0, step - 1)], line[min(last, step + 1)]
        along_x, along_y = after[0] - before[0], after[1] - before[1]
        half = 0.5 * _spread(widths, step / last) / (math.hypot(along_x, along_y) or 1.0)
        left.append((x - along_y * half, y + along_x * half))
        right.append((x + along_y * half, y - along_x * half))
    return left + right[::-1]


def lens(x: float, y: float, half_width: float, half_height: float) -> list[Point]:
    """A flat almond, pointed left and right: a wave, a streak of cloud, a glint."""
    upper = [(x + half_width * share, y - half_height * (1 - share * share)) for share in (-1, -0.6, -0.2, 0.2, 0.6)]
    lower = [(x + half_width * share, y + half_height * (1 - share * share)) for share in (1, 0.6, 0.2, -0.2, -0.6)]
    return upper + lower


def ridge(chance: Chance, rounds: int, roughness: float) -> list[float]:
    """Heights from 0 to 1 of a skyline with `2 ** rounds + 1` points, by midpoint displacement.

    `roughness` is how much of the swing each finer round keeps: 0.35 rolls, 0.55 is rock.
    """
    heights = [chance.fraction(), chance.fraction()]
    swing = 1.0
    for _ in range(rounds):
        finer = [heights[0]]
        for left, right in pairwise(heights):
            finer += [(left + right) / 2 + chance.between(-swing, swing) / 2, right]
        heights, swing = finer, swing * roughness
    low, high = min(heights), max(heights)
    return [(height - low) / ((high - low) or 1.0) for height in heights]


def jagged(chance: Chance, start: Point, end: Point, swing: float) -> list[Point]:
    """A broken line between two points."""
    points = [start, end]
    for _ in range(4):
        finer = [points[0]]
        for (x, y), (next_x, next_y) in pairwise(points):
            push = swing * chance.between(-1, 1)
            finer.append(((x + next_x) / 2 - (next_y - y) * push, (y + next_y) / 2 + (next_x - x) * push))
            finer.append((next_x, next_y))
        points = finer
    return points


def spun(point: Point, centre: Point, degrees: float) -> Point:
    """The point turned around a centre."""
    if degrees == 0:
        return point
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = point[0] - centre[0], point[1] - centre[1]
    return (centre[0] + x * cosine - y * sine, centre[1] + x * sine + y * cosine)


def shrunk(outline: Outline, share: float) -> list[Point]:
    """The outline drawn smaller about its middle."""
    x = sum(point[0] for point in outline) / len(outline)
    y = sum(point[1] for point in outline) / len(outline)
    return [(x + (px - x) * share, y + (py - y) * share) for px, py in outline]


def moved(outline: Outline, x: float, y: float, scale: float = 1.0) -> list[Point]:
    return [(x + scale * across, y + scale * along) for across, along in outline]


def _spread(values: Sequence[float], share: float) -> float:
    if len(values) == 1:
        return values[0]
    place = share * (len(values) - 1)
    left = min(int(place), len(values) - 2)
    return values[left] + (values[left + 1] - values[left]) * (place - left)


def _neighbour(points: Outline, index: int, *, closed: bool) -> Point:
    if closed:
        return points[index % len(points)]
    return points[min(max(index, 0), len(points) - 1)]


def _between(four: Sequence[Point], share: float) -> Point:
    before, start, end, after = four
    square = share * share
    cube = square * share
    weights = (
        (-cube + 2 * square - share) / 2,
        (3 * cube - 5 * square + 2) / 2,
        (-3 * cube + 4 * square + share) / 2,
        (cube - square) / 2,
    )
    row = list(zip(weights, (before, start, end, after), strict=True))
    return (sum(weight * point[0] for weight, point in row), sum(weight * point[1] for weight, point in row))
