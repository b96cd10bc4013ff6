"""Every WIDTHxHEIGHT is one of the five ratios, near enough, or refused: by fractions, which have no rounding."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import strategies as st
from support.effort import Effort

from gateway.errors import BadRequest
from gateway.images import AspectRatio
from gateway.middleware.aspect_ratio import LONGEST_SIDE, SHORTEST_SIDE, ratio_of_size

FARTHEST = Fraction("1.16")
RATIOS = {ratio: Fraction(*map(int, ratio.split(":"))) for ratio in AspectRatio}
DOCUMENTED = {ratio.pixels: ratio for ratio in AspectRatio}
SIDES = st.integers(SHORTEST_SIDE, LONGEST_SIDE)


def distance(width: int, height: int, ratio: AspectRatio) -> Fraction:
    quotient = Fraction(width, height) / RATIOS[ratio]
    return max(quotient, 1 / quotient)


def understood(size: str) -> AspectRatio | None:
    try:
        return ratio_of_size(size)
    except BadRequest:
        return None


def check(width: int, height: int) -> None:
    found = understood(f"{width}x{height}")
    nearest = min(distance(width, height, ratio) for ratio in RATIOS)
    if (width, height) in DOCUMENTED:
        assert found is DOCUMENTED[width, height]
    elif nearest > FARTHEST:
        assert found is None, (width, height)
    else:
        assert found is not None, (width, height)
        assert distance(width, height, found) == nearest


def test_every_size_is_the_nearest_ratio_or_refused(effort: Effort) -> None:
    effort.check(100, check, width=SIDES, height=SIDES)


@pytest.mark.parametrize("ratio", RATIOS)
def test_the_edge_belongs_to_the_ratio(ratio: AspectRatio) -> None:
    """Sizes that are exactly as far as allowed, and their neighbours."""
    for edge in (RATIOS[ratio] * FARTHEST, RATIOS[ratio] / FARTHEST):
        times = 1
        while max(edge.numerator, edge.denominator) * times < LONGEST_SIDE:
            width, height = edge.numerator * times, edge.denominator * times
            for beside in (-1, 0, 1):
                if min(width + beside, height) >= SHORTEST_SIDE:
                    check(width + beside, height)
            times += 1


def test_anything_else_is_refused_in_the_words_of_the_field(effort: Effort) -> None:
    def holds(size: str) -> None:
        found = understood(size)
        if found is not None:
            assert size.strip().lower() in set(AspectRatio) or size.strip().lower().replace("x", "").isdigit()

    effort.check(60, holds, size=st.text("0123456789xX:auto \u0661\uff11-+.", max_size=12) | st.text(max_size=9))
