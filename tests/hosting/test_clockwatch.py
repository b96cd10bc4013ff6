from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.clock import Clock
from gateway.hosting.clockwatch import HOLD_OFF, LARGEST_STEP, ClockWatch

DAY = 86_400.0


def test_a_clock_that_runs_is_trusted(clock: Clock, advance: Callable[[float], None]) -> None:
    watch = ClockWatch(clock)
    advance(30 * DAY)

    assert watch.trusted()


@pytest.mark.parametrize("step", [LARGEST_STEP, -LARGEST_STEP, 1, -1])
def test_a_small_step_is_trusted(clock: Clock, jump: Callable[[float], None], step: float) -> None:
    watch = ClockWatch(clock)
    jump(step)

    assert watch.trusted()


@pytest.mark.parametrize("step", [DAY, -DAY, 40 * 365 * DAY])
def test_a_jump_is_not_acted_upon_for_a_while(
    clock: Clock, jump: Callable[[float], None], advance: Callable[[float], None], step: float
) -> None:
    watch = ClockWatch(clock)
    jump(step)
    at_first = watch.trusted()
    advance(HOLD_OFF - 1)
    almost = watch.trusted()
    advance(1)

    assert (at_first, almost, watch.trusted()) == (False, False, True)


def test_a_jump_is_warned_of_once(
    clock: Clock, jump: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    watch = ClockWatch(clock)
    jump(DAY)
    for _ in range(3):
        watch.trusted()

    assert [record.levelname for record in caplog.records] == ["WARNING"]
