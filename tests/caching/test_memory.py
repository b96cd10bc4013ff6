"""Answers in memory: for how long, how many, and how old."""

from __future__ import annotations

import pytest
from support.clocks import ManualClock
from support.scripted import PICTURE

from gateway.answers import Answer, AnsweredImage
from gateway.caching.memory import AnswerCache


def answer(created: int = 1, *, prompt: str | None = None, inline: bool = False) -> Answer:
    return Answer(created, (AnsweredImage(None, PICTURE if inline else None, prompt),), "local", 1)


SIZE = answer().size


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cache(clock: ManualClock) -> AnswerCache:
    """Room for three answers."""
    return AnswerCache(3 * SIZE, clock)


def test_an_answer_is_found_with_its_age(cache: AnswerCache, clock: ManualClock) -> None:
    cache.put("a", answer(), 60)

    clock.advance(7.9)

    assert cache.get("a") == (answer(), 7)


def test_it_lives_exactly_as_long_as_was_said(cache: AnswerCache, clock: ManualClock) -> None:
    cache.put("short", answer(1), 10)
    cache.put("long", answer(2), 20)

    clock.advance(10)

    assert cache.get("short") is None
    assert cache.get("long") is not None


def test_a_jump_of_the_wall_clock_changes_nothing(cache: AnswerCache, clock: ManualClock) -> None:
    cache.put("a", answer(), 60)

    clock.jump(86_400)

    assert cache.get("a") == (answer(), 0)


@pytest.mark.parametrize("ttl", [0, -1])
def test_what_has_no_life_left_is_not_kept(cache: AnswerCache, ttl: float) -> None:
    cache.put("a", answer(), ttl)

    assert cache.get("a") is None


def test_when_it_is_full_the_least_used_goes(cache: AnswerCache) -> None:
    for key in "abc":
        cache.put(key, answer(), 60)
    cache.get("a")

    cache.put("d", answer(), 60)

    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]


def test_what_is_larger_than_the_cache_is_not_kept_and_displaces_nothing(cache: AnswerCache) -> None:
    cache.put("a", answer(), 60)

    cache.put("huge", answer(prompt="x" * 3 * SIZE), 60)

    assert cache.get("huge") is None
    assert cache.get("a") is not None


def test_pictures_and_prompts_count_by_their_bytes() -> None:
    assert answer(inline=True).size == SIZE + PICTURE.blob.size
    assert answer(prompt="é" * 100).size == SIZE + 200


def test_without_room_nothing_is_kept(clock: ManualClock) -> None:
    cache = AnswerCache(0, clock)

    cache.put("a", answer(), 60)

    assert cache.get("a") is None


def test_the_newer_answer_of_a_key_counts(cache: AnswerCache) -> None:
    cache.put("a", answer(1), 60)
    cache.put("a", answer(2), 60)

    found = cache.get("a")

    assert found is not None
    assert found.answer.created == 2
