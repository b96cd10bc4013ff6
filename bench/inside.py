"""What is measured inside one process: conversions against the library's own calls, and the store as it grows."""

from __future__ import annotations

import asyncio
import io
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from PIL import Image

from gateway.blob import MemoryBlob
from gateway.clock import SystemClock, system_random
from gateway.config import ImagesConfig
from gateway.hosting.names import HostedName
from gateway.hosting.stores import make_store
from gateway.hosting.stores.base import Draft
from gateway.images import Fit, ImageFormat, Operation, Picture
from gateway.imaging.conform import conform
from gateway.imaging.drawing import draw
from gateway.imaging.limits import PictureLimits
from gateway.imaging.reading import read_picture
from gateway.imaging.workers import Workers
from gateway.metrics import Metrics

ROUNDS = 5


def _ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1e3)
    return median(times)


def conversions() -> list[str]:
    """1024x1024 PNG to JPEG and WebP: the gateway's way against Pillow's own decode and encode."""
    drawn = draw("a mountain lake at dawn", seed=1, index=0, size=(1024, 1024))
    source = io.BytesIO()
    drawn.save(source, "PNG")
    picture = read_picture(source.getvalue(), PictureLimits())
    options = {ImageFormat.JPEG: {"quality": 92}, ImageFormat.WEBP: {"quality": 90, "method": 2}}
    lines = []
    for wanted, settings in options.items():

        def plain(wanted: ImageFormat = wanted, settings: dict[str, int] = settings) -> None:
            Image.open(io.BytesIO(source.getvalue())).convert("RGB").save(io.BytesIO(), wanted.upper(), **settings)

        def ours(wanted: ImageFormat = wanted) -> None:
            conform(picture, wanted, None, Fit.CROP)

        library, gateway = _ms(plain), _ms(ours)
        lines.append(f"PNG to {wanted}: Pillow {library:.1f} ms, gateway {gateway:.1f} ms, {gateway / library:.2f} x")
    lines.append(f"event loop while converting: p99 {asyncio.run(_lag(picture)):.1f} ms late")
    return lines


async def _lag(picture: Picture) -> float:
    """Milliseconds that a timer is late at the 99th percentile while pictures are converted."""
    workers = Workers()
    pixels = picture.width * picture.height
    conversion = partial(conform, picture, ImageFormat.WEBP, None, Fit.CROP)
    work = asyncio.gather(*(workers.run(conversion, pixels=pixels) for _ in range(12)))
    late = []
    while not work.done():
        began = time.perf_counter()
        await asyncio.sleep(0.002)
        late.append(time.perf_counter() - began - 0.002)
    workers.close()
    return sorted(late)[int(len(late) * 0.99)] * 1e3


def stored(counts: tuple[int, ...]) -> list[tuple[int, float, float, float, float]]:
    """For each number of stored pictures: ms to start, store, serve and sweep one."""
    return [asyncio.run(_with(count)) for count in counts]


async def _with(count: int) -> tuple[int, float, float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        _seed(Path(folder), count)
        began = time.perf_counter()
        store = make_store(ImagesConfig(store=f"file:{folder}"), SystemClock(), system_random, Metrics())
        await store.open()
        start = (time.perf_counter() - began) * 1e3
        draft = Draft(MemoryBlob(b"x" * 1000), Operation.GENERATE, ImageFormat.PNG)
        puts, gets = [], []
        for _ in range(200):
            began = time.perf_counter()
            name = await store.put(draft)
            puts.append(time.perf_counter() - began)
            began = time.perf_counter()
            picture = await store.get(name)
            if picture is not None:
                async with picture:
                    await picture.load()
            gets.append(time.perf_counter() - began)
        began = time.perf_counter()
        await store.sweep()  # type: ignore[attr-defined]  # the file store's own
        sweep = (time.perf_counter() - began) * 1e3
        await store.close()
        return count, start, median(puts) * 1e3, median(gets) * 1e3, sweep


def _seed(root: Path, count: int) -> None:
    """Names as the store makes them, over the last twenty hours, with empty files: only their number matters."""
    now = int(time.time())
    for index in range(count):
        moment = now - 300 - index * 72_000 // count
        name = HostedName.make(moment, system_random, "00" * 32, Operation.GENERATE, ImageFormat.PNG)
        at = time.gmtime(moment)
        folder = root / time.strftime("%Y%m%d", at) / time.strftime("%H%M", at)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(name)).touch()
