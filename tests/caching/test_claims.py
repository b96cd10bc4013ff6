"""Kept Idempotency-Keys: over restarts and midnight, for a day, and never half."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
from pathlib import Path

import pytest
from support.clocks import ManualClock

from gateway.answers import Answer, AnsweredImage
from gateway.caching.claims import LIFE, ClaimStore
from gateway.clock import system_random
from gateway.errors import Unavailable
from gateway.hosting.names import HostedName
from gateway.images import ImageFormat, Operation
from gateway.jobs import Claim

CLAIM = Claim("token\nkey", "digest")
HOUR = 3600


def answer(created: int = 1, prompt: str = "a ✨ prompt") -> Answer:
    name = HostedName.make(1.0, system_random, "00" * 32, Operation.GENERATE, ImageFormat.PNG)
    return Answer(created, (AnsweredImage(name, None, prompt), AnsweredImage(name, None, None)), "local", 2)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "images" / "keys"


@pytest.fixture
def claims(root: Path, clock: ManualClock) -> ClaimStore:
    return ClaimStore(root, clock)


def everything(root: Path) -> list[Path]:
    return [root, *root.rglob("*")] if root.exists() else []


def files(root: Path) -> list[Path]:
    return [path for path in everything(root) if path.is_file()]


async def found(claims: ClaimStore, key: str = CLAIM.key) -> Answer | None:
    kept = await claims.get(key)
    return kept.answer if kept else None


async def test_an_answer_is_found_whole_after_a_restart(claims: ClaimStore, root: Path, clock: ManualClock) -> None:
    kept = answer()
    await claims.put(CLAIM, kept)

    again = await ClaimStore(root, clock).get(CLAIM.key)

    assert again is not None
    assert (again.digest, again.answer) == (CLAIM.digest, kept)


async def test_an_unknown_key_is_not_found(claims: ClaimStore) -> None:
    await claims.put(CLAIM, answer())

    assert await claims.get("token\nanother") is None
    assert await claims.get("another\nkey") is None


async def test_before_anything_was_kept_nothing_is_found_and_nothing_made(claims: ClaimStore, root: Path) -> None:
    assert await claims.get("key") is None
    assert everything(root) == []


async def test_it_is_found_on_the_next_day(claims: ClaimStore, clock: ManualClock) -> None:
    clock.advance(10 * HOUR)  # 23:07
    await claims.put(CLAIM, answer())

    clock.advance(2 * HOUR)

    assert await found(claims)


async def test_it_ends_after_a_day_to_the_second(claims: ClaimStore, clock: ManualClock) -> None:
    await claims.put(CLAIM, answer())

    clock.advance(LIFE - 1)
    assert await found(claims)
    clock.advance(1)

    assert await found(claims) is None


async def test_a_key_used_anew_stands_for_the_new(claims: ClaimStore, clock: ManualClock) -> None:
    await claims.put(CLAIM, answer(1))
    clock.advance(LIFE)

    await claims.put(CLAIM, answer(2))

    again = await found(claims)
    assert again is not None
    assert again.created == 2


async def test_old_days_are_forgotten(claims: ClaimStore, root: Path, clock: ManualClock) -> None:
    for number in range(5):
        await claims.put(Claim(str(number), "d"), answer())
        clock.advance(LIFE)

    assert len(files(root)) == 2


@pytest.mark.parametrize(
    "torn", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"stored": 1}', b"\xff\xfe", b"\x00" * 400]
)
async def test_a_damaged_file_is_no_answer_and_is_told(
    claims: ClaimStore, root: Path, caplog: pytest.LogCaptureFixture, torn: bytes
) -> None:
    await claims.put(CLAIM, answer())
    files(root)[0].write_bytes(torn)

    with caplog.at_level(logging.ERROR):
        assert await claims.get(CLAIM.key) is None

    assert caplog.messages == ["a kept Idempotency-Key is damaged"]


async def test_every_shorter_file_is_damaged(claims: ClaimStore, root: Path) -> None:
    await claims.put(CLAIM, answer())
    path = files(root)[0]
    whole = path.read_bytes()

    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert await claims.get(CLAIM.key) is None, length


@pytest.mark.parametrize("name", ["None", "../../etc/passwd", "", "x.png"])
async def test_a_name_that_is_not_ours_is_no_answer(claims: ClaimStore, root: Path, name: str) -> None:
    kept = answer()
    await claims.put(CLAIM, kept)
    path = files(root)[0]
    path.write_text(path.read_text().replace(str(kept.images[0].name), name))

    assert await claims.get(CLAIM.key) is None


async def test_a_failed_write_leaves_nothing(claims: ClaimStore, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        await claims.put(CLAIM, answer())

    assert files(root) == []
    assert await claims.get(CLAIM.key) is None


async def test_a_disk_that_cannot_be_read_is_no_leave_to_pay_twice(
    claims: ClaimStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> bytes:
        raise OSError(5, "Input/output error")

    await claims.put(CLAIM, answer())
    monkeypatch.setattr(Path, "read_bytes", broken)

    with pytest.raises(Unavailable):
        await claims.get(CLAIM.key)


async def test_nobody_else_may_read_the_prompts(claims: ClaimStore, root: Path) -> None:
    await claims.put(CLAIM, answer())

    assert {stat.S_IMODE(path.stat().st_mode) for path in everything(root)} == {0o600, 0o700}


async def test_writers_side_by_side_do_not_disturb_each_other(claims: ClaimStore) -> None:
    kept = [Claim(f"key {number % 20}", "digest") for number in range(100)]

    await asyncio.gather(*(claims.put(claim, answer(number)) for number, claim in enumerate(kept)))

    again = [await found(claims, claim.key) for claim in kept]
    assert all(again)


async def test_an_hour_set_back_over_midnight_forgets_nothing(claims: ClaimStore, clock: ManualClock) -> None:
    clock.advance(11.5 * HOUR)  # 00:37 of the next day
    await claims.put(CLAIM, answer())
    clock.jump(-HOUR)
    await claims.put(Claim("other", "digest"), answer())
    clock.jump(HOUR)

    assert await found(claims)
