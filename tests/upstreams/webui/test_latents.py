"""Sizes that Stable Diffusion draws well."""

from __future__ import annotations

import pytest
from support.drivers import taken
from support.samples import plain

from gateway.images import AspectRatio
from gateway.imaging.conform import fits_ratio
from gateway.upstreams.webui.latents import SIZES, STEP, Family, like, sides


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("ratio", AspectRatio)
def test_every_size_is_whole_latents_and_needs_no_cropping(family: Family, ratio: AspectRatio) -> None:
    width, height = sides(SIZES[family][ratio])

    assert (width % STEP, height % STEP) == (0, 0)
    assert fits_ratio(width, height, ratio)


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ((1024, 1024), (1024, 1024)),
        ((1000, 800), (1000, 800)),
        ((803, 797), (800, 800)),
        ((2000, 2000), (1024, 1024)),
        ((100, 100), (728, 728)),
        ((4000, 1000), (2048, 512)),
        ((4000, 10), (2048, 64)),
        ((10, 4000), (64, 2048)),
    ],
)
def test_an_edit_keeps_its_shape_and_a_size_that_can_be_drawn(source: tuple[int, int], drawn: tuple[int, int]) -> None:
    assert like(taken(plain(source)), (1024, 1024)) == drawn
