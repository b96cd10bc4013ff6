"""Job 13, in this process: conversions against the library's own calls, and the event loop while they run."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable
from functools import partial

from PIL import Image

from bench.results import Result, Sample, Target
from gateway.images import Fit, ImageFormat, Picture
from gateway.imaging import costs
from gateway.imaging.conform import conform
from gateway.imaging.drawing import draw
from gateway.imaging.limits import PictureLimits
from gateway.imaging.reading import read_picture
from gateway.imaging.workers import Workers

SETTINGS = {ImageFormat.JPEG: {"quality": 92}, ImageFormat.WEBP: {"quality": 90, "method": 2}}
"""What the gateway asks of the encoders."""
TICK = 0.002
"""Seconds between two looks at the loop."""


def conversions(rounds: int) -> list[Result]:
    """1024x1024 PNG to JPEG and WebP: the gateway's way against Pillow's own decode and encode, as CPU time."""
    drawn = draw("a mountain lake at dawn", seed=1, index=0, size=(1024, 1024))
    source = io.BytesIO()
    drawn.save(source, "PNG")
    picture = read_picture(source.getvalue(), PictureLimits())
    late: list[Sample] = [{"late": asyncio.run(_late(picture))} for _ in range(rounds)]
    return [
        *(_conversion(picture, wanted, source.getvalue(), rounds) for wanted in SETTINGS),
        Result(13, "event loop while converting, p99 late", "late", {"gateway": late}, [Target(20)]),
    ]


def _conversion(picture: Picture, wanted: ImageFormat, source: bytes, rounds: int) -> Result:
    def plain() -> None:
        Image.open(io.BytesIO(source)).convert("RGB").save(io.BytesIO(), wanted.upper(), **SETTINGS[wanted])

    def ours() -> None:
        conform(picture, wanted, None, Fit.CROP)

    ways = {"pillow": plain, "gateway": ours}
    samples: dict[str, list[Sample]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            samples[name].append({"cpu": _cpu(way)})
    return Result(13, f"1024x1024 PNG to {wanted.upper()}", "cpu", samples, [Target(1.1, "pillow")])


def _cpu(work: Callable[[], None]) -> float:
    """Milliseconds of CPU, which other programs on the machine take least from."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1e3


async def _late(picture: Picture) -> float:
    """Milliseconds that a timer is late at the 99th percentile while pictures are converted."""
    workers = Workers()
    size = costs.recoding(picture, ImageFormat.WEBP)
    conversion = partial(conform, picture, ImageFormat.WEBP, None, Fit.CROP)
    work = asyncio.gather(*(workers.run(conversion, size=size) for _ in range(12)))
    late = []
    while not work.done():
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - began - TICK)
    workers.close()
    return sorted(late)[int(len(late) * 0.99)] * 1e3
