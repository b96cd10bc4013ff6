"""Odd requests by the thousand make no new series of a metric (U9).

python -m pytest tests/hostile/test_odd_requests.py -s            400 requests
python -m pytest tests/hostile/test_odd_requests.py -s -m slow    10 000
"""

from __future__ import annotations

import asyncio
import random
import string
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest
from aiohttp import ClientError
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, UPSCALE

from gateway.app import METRICS

Odd: TypeAlias = tuple[str, str, dict[str, Any]]
"""Method, path and options."""

SEED = 20_251_127
AT_ONCE = 16
LETTERS = string.ascii_letters + string.digits
TOKEN = {"Authorization": "Bearer web-token"}


class Dice(random.Random):
    def word(self) -> str:
        return "".join(self.choices(LETTERS, k=self.randint(1, 20)))


def _post(path: str, **fields: Any) -> Odd:
    return "POST", path, {"json": fields, "headers": TOKEN}


def _get(path: str, headers: Mapping[str, str]) -> Odd:
    return "GET", path, {"headers": headers}


KINDS: Mapping[str, Callable[[Dice], Odd]] = {
    "path": lambda dice: ("GET", f"/{dice.word()}/{dice.word()}", {}),
    "path below the API": lambda dice: ("POST", f"/v1/images/{dice.word()}", {}),
    "method": lambda dice: (dice.word().upper(), "/v1/models", {}),
    "query": lambda dice: ("GET", f"/v1/models?{dice.word()}={dice.word()}", {"headers": TOKEN}),
    "model": lambda dice: _post(GENERATIONS, prompt="a", model=dice.word()),
    "model of the list": lambda dice: ("GET", f"/v1/models/{dice.word()}", {"headers": TOKEN}),
    "token": lambda dice: ("GET", "/v1/models", {"headers": {"Authorization": f"Bearer {dice.word()}"}}),
    "field": lambda dice: _post(EDITS, prompt=dice.word(), **{f"x{dice.word()}": dice.word()}),
    "value": lambda dice: _post(GENERATIONS, prompt="a", size=f"x{dice.word()}"),
    "address": lambda dice: _post(UPSCALE, image=f"http://{dice.word()}.invalid:{dice.randint(1000, 9999)}/"),
    "picture": lambda dice: ("GET", f"/images/{dice.word()}.png", {}),
    "type": lambda dice: (
        "POST",
        GENERATIONS,
        {"data": b"a", "headers": {**TOKEN, "Content-Type": f"a/{dice.word()}"}},
    ),
    "coding": lambda dice: ("POST", EDITS, {"data": b"a", "headers": {**TOKEN, "Content-Encoding": dice.word()}}),
    "name": lambda dice: ("GET", "/healthz", {"headers": {"X-Request-ID": dice.word(), "User-Agent": dice.word()}}),
    "page": lambda dice: ("GET", f"/docs/{dice.word()}", {}),
    "asset": lambda dice: ("GET", f"/studio/{dice.word()}/{dice.word()}", {}),
    "origin": lambda dice: _get("/healthz", {"Origin": f"http://{dice.word()}.example"}),
    "trace": lambda dice: (
        "GET",
        "/healthz",
        {"headers": {"traceparent": f"00-{dice.randbytes(16).hex()}-{'1' * 16}-01"}},
    ),
    "tool": lambda dice: ("POST", "/mcp", {"data": dice.word(), "headers": TOKEN}),
}


def series(gateway: Gateway) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    """Name and labels of each."""
    families = gateway.app[METRICS].registry.collect()
    return {(sample.name, tuple(sorted(sample.labels.items()))) for family in families for sample in family.samples}


async def send(gateway: Gateway, odd: Odd) -> int | None:
    method, path, options = odd
    try:
        async with gateway.client.request(method, gateway.address + path, **options) as response:
            await response.read()
            return response.status
    except ClientError:  # the parser's answer to a method that is none
        return None


@pytest.mark.parametrize("requests", [400, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_no_series_is_made_by_what_a_client_invents(start: StartGateway, requests: int) -> None:
    dice, places = Dice(SEED), asyncio.Semaphore(AT_ONCE)
    gateway = await start({"auth": {"tokens": [{"name": "web", "token": "web-token"}]}})

    async def one(kind: Callable[[Dice], Odd]) -> int | None:
        async with places:
            return await send(gateway, kind(dice))

    for kind in KINDS.values():
        await one(kind)
    before = series(gateway)
    statuses = await asyncio.gather(*(one(dice.choice(list(KINDS.values()))) for _ in range(requests)))
    new = series(gateway) - before

    sys.stdout.write(f"\n  {requests} odd requests: {len(new)} new series, {len(before)} in all\n")
    assert new == set()
    assert not {status for status in statuses if status is not None and status >= 500}
