"""Hostile pictures by two ways into a whole process: 4xx, soon, and without memory (I1, I2, I3).

python -m pytest tests/hostile/test_hostile_pictures.py -s            4 photographs of 12 megapixels at once
python -m pytest tests/hostile/test_hostile_pictures.py -s -m slow    8 of 12, 8 of 40, and 8 that become 64
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from aiohttp import ClientSession, FormData
from support.child import Child, serving
from support.errors import error_in
from support.gateway import Document
from support.hostile_pictures import bloated, refused
from support.images_api import EDITS, UPSCALE
from support.memory import MIB, Memory
from support.painter import Painter, painting
from support.samples import photograph, plain, text

from gateway.imaging.workers import DECODE_BUDGET

NOISE = 32 * MIB
"""What the C library keeps in its two arenas, strips and results on their way among it, beside 244 MiB of pixels."""
SLOWEST = 2.0
MOST_RISE = 64 * MIB
AT_ONCE = 2
"""As many as there are processors at most, so that the time of one is its own."""


@pytest.fixture
async def painter() -> AsyncIterator[Painter]:
    async with painting() as found:
        yield found


class Seen(NamedTuple):
    name: str
    status: int
    error: dict[str, str | None] | None
    seconds: float


async def sent(client: ClientSession, child: Child, name: str, data: bytes, *, as_form: bool) -> Seen:
    body, headers = _form(data) if as_form else _json(data)
    started = time.perf_counter()
    async with client.post(child.address + UPSCALE, data=body, headers=headers) as response:
        answer = json.loads(await response.read())
    error = error_in(answer) if response.status != 200 else None
    return Seen(name, response.status, error, time.perf_counter() - started)


def _form(data: bytes) -> tuple[FormData, Mapping[str, str]]:
    form = FormData({"upscale_factor": "x2"})
    form.add_field("image", io.BytesIO(data), filename="photo.png", content_type="image/png")
    return form, {}


def _json(data: bytes) -> tuple[io.BytesIO, Mapping[str, str]]:
    return io.BytesIO(json.dumps({"image": text(data)}).encode()), {"Content-Type": "application/json"}


async def both_ways(client: ClientSession, child: Child, pictures: Mapping[str, bytes]) -> list[Seen]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, *, as_form: bool) -> Seen:
        async with places:
            return await sent(client, child, name, pictures[name], as_form=as_form)

    return await asyncio.gather(*(one(name, as_form=as_form) for name in pictures for as_form in (False, True)))


async def test_hostile_pictures_cost_neither_time_nor_memory(tmp_path: Path, client: ClientSession) -> None:
    hostile, bloat = refused(), bloated()
    async with serving(tmp_path, {}, afresh=True) as child:
        for as_form in (False, True):  # load what is loaded once
            assert (await sent(client, child, "warm", plain(), as_form=as_form)).status == 200
        memory = Memory(child.process.pid)
        before = memory.forget()
        seen = await both_ways(client, child, hostile)
        rise = memory.peak - before
        cheap = await both_ways(client, child, bloat)
        rise_of_all = memory.peak - before
        log = child.log()

    slowest = max(seen + cheap, key=lambda one: one.seconds)
    sys.stdout.write(
        f"\n  {len(hostile)} + {len(bloat)} hostile pictures, two ways in: slowest {slowest.seconds:.2f} s"
        f" ({slowest.name}), memory rose by {rise / MIB:.0f} MiB, with bloated ones by {rise_of_all / MIB:.0f} MiB\n"
    )
    assert len(hostile) >= 150
    assert [
        one for one in seen if one.status not in {400, 413} or one.error is None or one.error["param"] != "image"
    ] == []
    assert [one for one in cheap if one.status not in {200, 400, 413}] == []
    assert slowest.seconds <= SLOWEST
    assert rise <= MOST_RISE
    assert rise_of_all <= DECODE_BUDGET  # some of the bloated ones are taken
    assert [line for line in log if "traceback" in line] == []


@pytest.mark.parametrize(
    ("megapixels", "times"),
    [(12, 4), pytest.param(12, 8, marks=pytest.mark.slow), pytest.param(40, 8, marks=pytest.mark.slow)],
)
async def test_honest_pictures_share_one_memory_however_many_come(
    tmp_path: Path, client: ClientSession, painter: Painter, megapixels: int, times: int
) -> None:
    """Photographs that lie on their side: decoded, turned and coded anew before the backend gets them."""
    photo = photograph((1000 * megapixels // 4, 4000), orientation=6)
    edit = {"prompt": "warmer", "output_format": "png"}
    rise, statuses = await rise_of(
        tmp_path, painter.document(), lambda child: uploaded(client, child, EDITS, photo, edit), times
    )

    sys.stdout.write(f"\n  {len(statuses)} edits of {megapixels} megapixels at once: {rise / MIB:.0f} MiB more\n")
    assert set(statuses) == {200}
    assert rise <= DECODE_BUDGET


@pytest.mark.slow
async def test_honest_enlargements_share_one_memory(tmp_path: Path, client: ClientSession) -> None:
    photo, factor = photograph((4000, 4000)), {"upscale_factor": "x2", "output_format": "jpeg"}
    rise, statuses = await rise_of(
        tmp_path,
        {},
        lambda child: uploaded(client, child, UPSCALE, photo, factor),
        first=lambda child: uploaded(client, child, UPSCALE, photograph((40, 40)), factor),  # load what is loaded once
    )

    sys.stdout.write(f"\n  {len(statuses)} enlargements to 64 megapixels at once: {rise / MIB:.0f} MiB more\n")
    assert set(statuses) == {200}
    assert rise <= DECODE_BUDGET + NOISE + len(statuses) * len(photo)  # the uploads have a budget of their own


async def rise_of(
    folder: Path,
    document: Document,
    ask: Callable[[Child], Awaitable[int]],
    times: int = 8,
    first: Callable[[Child], Awaitable[int]] | None = None,
) -> tuple[int, list[int]]:
    """By how much memory rose while so many asked at once, in bytes, and what they got."""
    async with serving(folder, document, afresh=True) as child:
        if first is not None:
            await first(child)
        memory = Memory(child.process.pid)
        before = memory.forget()
        statuses = await asyncio.gather(*(ask(child) for _ in range(times)))
        return memory.peak - before, statuses


async def uploaded(client: ClientSession, child: Child, path: str, photo: bytes, fields: Mapping[str, str]) -> int:
    form = FormData(fields)
    form.add_field("image", io.BytesIO(photo), filename="photo.jpg", content_type="image/jpeg")
    async with client.post(child.address + path, data=form) as response:
        await response.read()
        return response.status
