"""The line that tells of the wait: what it says, where it is shown, and that it goes away."""

from __future__ import annotations

import asyncio
import io

import pytest

from gateway.client.terminal import Wait, is_watched, printable, shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 10.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def test_it_tells_what_is_done_and_since_when() -> None:
    clock = Clock()
    wait = Wait("Generating", clock)
    clock.now += 3.24

    assert wait.line(80) == "Generating  3.2 s"


def test_progress_is_a_bar() -> None:
    wait = Wait("Generating", Clock())
    wait.progress(0.5)

    assert wait.line(80) == "Generating  [############............]  50%  0.0 s"


@pytest.mark.parametrize(("told", "shown_as"), [(-1, "0%"), (7, "100%"), (float("nan"), "Generating  0.0 s")])
def test_nonsense_is_kept_within_bounds(told: float, shown_as: str) -> None:
    wait = Wait("Generating", Clock())
    wait.progress(told)

    assert shown_as in wait.line(80)


def test_a_sign_of_life_keeps_the_progress_and_ends_what_was_said() -> None:
    wait = Wait("Generating", Clock())
    wait.progress(0.5)
    wait.progress(None)
    assert "50%" in wait.line(80)

    wait.say("Connection lost")
    assert wait.line(80) == "Connection lost  0.0 s"
    wait.progress(None)
    assert wait.line(80) == "Generating  0.0 s"


def test_it_never_wraps() -> None:
    wait = Wait("Generating", Clock())
    wait.progress(0.5)

    assert len(wait.line(20)) == 19


async def test_it_is_rewritten_in_place_and_taken_away() -> None:
    stream, wait = Terminal(), Wait("Generating")

    async with shown(wait, stream):
        while stream.getvalue().count("Generating") < 2:  # noqa: ASYNC110 - what is written tells nobody
            await asyncio.sleep(0.01)

    assert stream.getvalue().startswith("\r\x1b[2KGenerating")
    assert stream.getvalue().endswith("\r\x1b[2K")


async def test_it_is_taken_away_when_the_work_fails() -> None:
    stream = Terminal()

    async def fail() -> None:
        async with shown(Wait("x"), stream):
            await asyncio.sleep(0)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await fail()

    assert stream.getvalue().endswith("\r\x1b[2K")


async def test_nobody_watches_a_pipe_or_a_dumb_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    async with shown(Wait("x"), pipe):
        await asyncio.sleep(0)

    assert pipe.getvalue() == ""
    assert is_watched(Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert not is_watched(Terminal())


def test_a_gateways_words_steer_no_terminal() -> None:
    assert printable("a\x1b]0;evil\x07b\nc\u202ed é") == "a ]0;evil b c d é"
