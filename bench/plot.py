"""One picture of the figures: what the gateway costs beside what each job is held against."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

_COLOURS = {"gateway": "#e2a400", "floor": "#8aa0b4", "memory": "#8aa0b4", "nginx": "#5b8c5a", "direct": "#d0d6dc"}
_ROW, _BAR, _LEFT, _WIDTH = 18, 14, 330, 1100


def plot(samples: Mapping[tuple[int, str, str], Sequence[Any]], table: Sequence[Any], path: Path) -> None:
    """Bars by job, each job to its own scale, written as a PNG."""
    rows = sum(len(job.contenders) + 1 for job in table)
    image = Image.new("RGB", (_WIDTH, 40 + rows * _ROW), "white")
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(13)
    pen.text((10, 10), "Cost by job (CPU ms a request, p50 ms, or peak MB): shorter is better", "black", font)
    top = 40
    for job in table:
        figures = {
            name: statistics.median(getattr(sample, job.figure) for sample in samples[job.number, job.title, name])
            for name in job.contenders
        }
        longest = max(figures.values()) or 1
        pen.text((10, top), f"{job.number}  {job.title} ({job.figure})", "black", font)
        for name, value in figures.items():
            length = value / longest * (_WIDTH - _LEFT - 120)
            pen.rectangle((_LEFT, top, _LEFT + length, top + _BAR), fill=_COLOURS.get(name, "#b0b0b0"))
            pen.text((_LEFT + length + 6, top), f"{name} {value:.3g}", "black", font)
            top += _ROW
        top += _ROW
    image.save(path)
