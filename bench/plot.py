"""The figures as one PNG: the curves, and beside them what each job costs against what it is held against."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from bench.chart import GRID, HEIGHT, INK, LEFT, PALE, SCALE, WIDTH, chart, font
from bench.curves import Curve
from bench.results import Result, Target

MET, NOT_MET = "#3f7d58", "#b3541e"
_NAMES, _ROW, _BAR, _TOP = 330, 21, 14, 56
_FITS = 36
"""Pixels that a number takes."""


def plot(curves: Sequence[Curve], results: Sequence[Result], path: Path) -> None:
    """Panels two by two, written to `path`."""
    panels = [*(chart(curve) for curve in curves), ratios(results)]
    rows = math.ceil(len(panels) / 2)
    height = max(HEIGHT * SCALE, *(panel.height for panel in panels))
    sheet = Image.new("RGB", (2 * WIDTH * SCALE, (rows - 1) * HEIGHT * SCALE + height), "white")
    for index, panel in enumerate(panels):
        sheet.paste(panel, (index % 2 * WIDTH * SCALE, index // 2 * HEIGHT * SCALE))
    sheet.resize((sheet.width // SCALE, sheet.height // SCALE), Image.Resampling.LANCZOS).save(path, optimize=True)


def ratios(results: Iterable[Result]) -> Image.Image:
    """A bar for each target: how much of what it allows is used up."""
    bars = [
        (f"{result.number}  {result.title}", share)
        for result in results
        for target in result.targets
        if (share := _used(result, target)) is not None
    ]
    image = Image.new("RGB", (WIDTH * SCALE, max(HEIGHT, _TOP + 30 + _ROW * len(bars)) * SCALE), "white")
    pen = ImageDraw.Draw(image)
    pen.text((LEFT * SCALE, 12 * SCALE), "Share of each target that is used (1 is the limit)", INK, font(17))
    longest = max([1.2, *(share for _, share in bars)])
    unit = (WIDTH - _NAMES - 70) / longest
    for index, (title, share) in enumerate(bars):
        top = _TOP + index * _ROW
        box = (_NAMES, top, _NAMES + share * unit, top + _BAR)
        pen.rectangle([edge * SCALE for edge in box], fill=MET if share <= 1 else NOT_MET)
        pen.text(((_NAMES - 8) * SCALE, (top + _BAR / 2) * SCALE), title, INK, font(12), anchor="rm")
        inside = box[2] - _NAMES > _FITS  # where it does not meet the line of the limit
        place = ((box[2] - 4 if inside else box[2] + 6) * SCALE, (top + _BAR / 2) * SCALE)
        pen.text(place, f"{share:.2f}", "white" if inside else PALE, font(12), anchor="rm" if inside else "lm")
    limit = (_NAMES + unit) * SCALE
    pen.line((limit, (_TOP - 6) * SCALE, limit, (_TOP + len(bars) * _ROW) * SCALE), fill=GRID if not bars else INK)
    return image


def _used(result: Result, target: Target) -> float | None:
    found = result.verdict(target)
    if found is None:
        return None
    return target.limit / found[0] if target.least else found[0] / target.limit
