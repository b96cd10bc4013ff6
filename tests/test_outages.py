"""What clients notice when Redis or the object store is gone, as figures.

python -m pytest tests/test_outages.py -m slow -s
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector
from support.child import Child, serving
from support.images_api import GENERATIONS
from support.line import Line, line_to
from support.object_stores import S3Server, needed, serving_s3
from support.pace import Answered, pace, percentile, success
from support.provider import Provider, behind
from support.redis_server import RedisServer, running_redis

needed("obstore", "test")
needed("redis", "test")

pytestmark = pytest.mark.slow
TOKEN = {"name": "web", "token": "of-the-web", "requests_per_minute": 10**6, "images_per_day": 10**6}
BEARER = {"Authorization": "Bearer of-the-web"}
REDIS_RATE, REDIS_REQUESTS = 20, 1000
STORE_RATE, BEFORE, OUTAGE, AFTER = 20, 5, 20, 15
"""Requests a second, and seconds of each part."""
NUMBERS = count()


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        yield session


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def memory_disk() -> Iterator[Path]:
    """A folder that no busy disk slows down, where there is one."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:  # noqa: S108 - likewise
        yield Path(folder)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with serving_s3() as server:
        yield server


def generations(gateway: Child, client: ClientSession, **fields: str) -> Callable[[int], Awaitable[int]]:
    """Each of a picture that nobody has asked for."""

    async def ask(_: int) -> int:
        params = {"prompt": f"a banana {next(NUMBERS)}", **fields}
        async with client.get(gateway.address + GENERATIONS, params=params, headers=BEARER) as answer:
            await answer.read()
            return answer.status

    return ask


def keyed(gateway: Child, client: ClientSession) -> Callable[[int], Awaitable[int]]:
    """Bytes that are to be kept under a key of their own."""

    async def ask(number: int) -> int:
        order = {"prompt": "a", "response_format": "b64_json"}
        headers = {**BEARER, "Idempotency-Key": str(number)}
        async with client.post(gateway.address + GENERATIONS, json=order, headers=headers) as answer:
            await answer.read()
            return answer.status

    return ask


async def test_with_redis_paused_nearly_nobody_notices(
    tmp_path: Path, memory_disk: Path, redis: RedisServer, provider: Provider, client: ClientSession
) -> None:
    document = {
        **behind(provider.base_url),
        "auth": {"tokens": [TOKEN]},
        "cache": {"redis_url": redis.url},
        "images": {"store": f"file:{memory_disk}"},
    }
    async with serving(tmp_path, document) as gateway:
        asked = ("generation", generations(gateway, client))
        await pace(REDIS_RATE, 200, asked)  # connections and pages of memory are there then
        quiet = await pace(REDIS_RATE, REDIS_REQUESTS, asked)
        redis.pause()
        paused = await pace(REDIS_RATE, REDIS_REQUESTS, asked)
        redis.resume()

    worse = percentile(paused, 0.99) - percentile(quiet, 0.99)
    sys.stdout.write(
        f"\n  Redis paused, {REDIS_RATE} requests/s: {success(paused):.2%} of {len(paused)} succeed\n"
        f"  quiet: {spread(quiet)}\n  paused: {spread(paused)}\n"
    )
    assert success(quiet) == 1
    assert success(paused) >= 0.99
    assert worse <= 0.25


@pytest.mark.parametrize("harm", [Line.cut, Line.silence], ids=["stopped", "silent"])
async def test_without_the_object_store_addresses_are_refused_and_bytes_are_served(
    tmp_path: Path, s3: S3Server, provider: Provider, client: ClientSession, harm: Callable[[Line], None]
) -> None:
    async with line_to(s3.endpoint) as line:
        images = s3.images(s3.bucket(), endpoint=line.address, timeout=10)
        document = {**behind(provider.base_url), "auth": {"tokens": [TOKEN]}, "images": {**images, "memory": 0}}
        async with serving(tmp_path, document) as gateway:
            hosted = await a_hosted_picture(gateway, client)
            kinds = [
                ("address", generations(gateway, client)),
                ("bytes", generations(gateway, client, response_format="b64_json")),
                ("keyed", keyed(gateway, client)),
                ("hosted", lambda _: status_of(client, hosted)),
            ]
            seconds = BEFORE + OUTAGE + AFTER
            load = asyncio.create_task(pace(STORE_RATE, STORE_RATE * seconds, *kinds))
            await asyncio.sleep(BEFORE)
            harm(line)
            began = time.monotonic()
            await asyncio.sleep(OUTAGE)
            line.mend()
            mended = time.monotonic()
            answers = await load
    made = sum(answer.status == 200 and answer.kind != "hosted" for answer in answers)
    lost = len(provider.calls) - 1 - made  # one was the hosted picture
    during = [answer for answer in answers if began <= answer.began < mended]
    tell(during, lost)
    recovered = max((answer.began for answer in answers if answer.status != 200), default=mended)
    sys.stdout.write(f"  the last refused request began {recovered - mended:.1f} s after it was back\n")

    assert {answer.status for answer in answers if answer.began < began - 1} == {200}
    assert {answer.status for answer in during} <= {200, 503}
    assert success([answer for answer in during if answer.kind == "bytes"]) == 1
    late = [answer for answer in during if answer.began > began + 6 and answer.kind != "bytes"]
    assert max(answer.seconds for answer in late) < 1  # refused at once, and before anybody is paid
    assert lost <= STORE_RATE / 2 * 6
    assert recovered - mended < 5


def spread(answers: list[Answered]) -> str:
    median, late = (percentile(answers, share) * 1e3 for share in (0.5, 0.99))
    return (
        f"median {median:.0f} ms, p99 {late:.0f} ms, longest {max(answer.seconds for answer in answers) * 1e3:.0f} ms"
    )


async def a_hosted_picture(gateway: Child, client: ClientSession) -> str:
    async with client.post(gateway.address + GENERATIONS, json={"prompt": "a"}, headers=BEARER) as answer:
        url: str = (await answer.json())["data"][0]["url"]
        return url


async def status_of(client: ClientSession, url: str) -> int:
    async with client.get(url) as answer:
        await answer.read()
        return answer.status


def tell(during: list[Answered], lost: int) -> None:
    sys.stdout.write("\n")
    for kind in ("address", "bytes", "keyed", "hosted"):
        answers = [answer for answer in during if answer.kind == kind]
        statuses = dict(sorted(Counter(answer.status for answer in answers).items()))
        longest = max(answer.seconds for answer in answers)
        sys.stdout.write(
            f"  {kind}: {1 - success(answers):.0%} of {len(answers)} fail, {statuses};"
            f" median {percentile(answers, 0.5) * 1e3:.0f} ms, longest {longest:.1f} s\n"
        )
    sys.stdout.write(f"  pictures that were made and lost: {lost}\n")
