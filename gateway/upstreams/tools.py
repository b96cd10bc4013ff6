"""What the house lends to every driver."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.clock import Clock
from gateway.imaging.limits import PictureLimits
from gateway.imaging.workers import Workers
from gateway.inputs.fetch import GuardedFetch


@dataclass(frozen=True, slots=True)
class Tools:
    workers: Workers
    fetch: GuardedFetch
    """For addresses that an upstream names in its answer; never for the upstream itself."""
    picture_limits: PictureLimits
    """Of what an upstream returns."""
    max_output_pixels: int
    clock: Clock
