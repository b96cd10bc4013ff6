"""The moment when nobody works with it any more."""

from __future__ import annotations

import asyncio

from gateway.uses import Uses


async def test_what_nobody_uses_is_over_at_once() -> None:
    async with asyncio.timeout(1):
        await Uses().over()


async def test_it_is_over_with_the_last_use_and_no_sooner() -> None:
    uses = Uses()
    uses.begin()
    uses.begin()
    over = asyncio.create_task(uses.over())

    uses.end()
    await asyncio.sleep(0)
    first = over.done()
    uses.end()
    await over

    assert first is False
