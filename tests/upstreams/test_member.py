"""One backend behind its breaker, budget and queue: what is counted, and what a cancelled call leaves behind."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from support.clocks import LeapingClock
from support.drivers import unheard
from support.scripted import ScriptedUpstream, Step

from gateway.config import UpstreamSettings
from gateway.errors import BadRequest
from gateway.images import GenerateRequest
from gateway.lifecycle import GRAIN, Lifecycle
from gateway.metrics import Metrics
from gateway.upstreams.asking import Asking
from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import Ambiguous, EmptyAnswer, NotSent, Outcome, Refused, Rejected, UpstreamError
from gateway.upstreams.breaker import UNREACHED_IN_A_ROW
from gateway.upstreams.bulkhead import QueueFull
from gateway.upstreams.member import BreakerOpen, Member

ORDER = GenerateRequest(model="m", prompt="a secret wish")


class One:
    """A member of its own, and what it has counted."""

    def __init__(self, *steps: Step, **keys: Any) -> None:
        self.driver = ScriptedUpstream("one", *steps)
        self.metrics = Metrics()
        self.clock = LeapingClock()
        self.member = Member(self.driver, UpstreamSettings(driver="x", **keys), self.metrics, self.clock)
        self.member.show()
        self.attempts = Attempts()

    async def attempt(self, *, seconds: float = 300) -> int:
        with Lifecycle().deadline(asyncio.get_running_loop().time() + seconds) as deadline:
            return len(await self.member.attempt(Asking(ORDER, unheard, self.attempts, deadline, "")))

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(name, {"upstream": "one", **labels}) or 0

    def outcomes(self, outcome: Outcome) -> float:
        return self.counted("gateway_upstream_requests_total", operation="generate", outcome=outcome)


async def running(one: One) -> asyncio.Task[int]:
    task = asyncio.create_task(one.attempt())
    await asyncio.sleep(0.001)
    assert one.driver.calls
    return task


@pytest.mark.parametrize(
    "error",
    [NotSent("x"), Refused("x"), Rejected("x"), Ambiguous("x"), EmptyAnswer("x")],
    ids=lambda error: error.outcome,
)
async def test_every_outcome_is_counted_and_timed(error: UpstreamError) -> None:
    one = One(error)

    with pytest.raises(type(error)):
        await one.attempt()

    assert one.outcomes(error.outcome) == 1
    assert one.counted("gateway_upstream_request_duration_seconds_count", operation="generate") == 1


async def test_an_answer_without_a_picture_is_empty() -> None:
    one = One(0)

    with pytest.raises(EmptyAnswer):
        await one.attempt()

    assert (one.outcomes(Outcome.EMPTY), one.outcomes(Outcome.SUCCESS)) == (1, 0)


async def test_a_success_earns_budget_and_a_failure_does_not() -> None:
    one = One(1, Refused("x"))
    one.member.budget.spend(10)

    await one.attempt()
    with pytest.raises(Refused):
        await one.attempt()

    assert one.member.budget.affords(1) is False
    await one.attempt()
    assert one.member.budget.affords(1)


async def test_what_is_under_way_and_what_waits_are_shown() -> None:
    end = asyncio.Event()
    one = One(end, concurrency=1)
    tasks = [await running(one), asyncio.create_task(one.attempt())]
    await asyncio.sleep(0)

    assert (one.counted("gateway_upstream_in_flight"), one.counted("gateway_upstream_queued")) == (1, 1)

    end.set()
    await asyncio.gather(*tasks)
    assert (one.counted("gateway_upstream_in_flight"), one.counted("gateway_upstream_queued")) == (0, 0)


async def test_an_open_breaker_makes_no_call() -> None:
    one = One(*[NotSent("down")] * UNREACHED_IN_A_ROW)
    for _ in range(UNREACHED_IN_A_ROW):
        with pytest.raises(NotSent):
            await one.attempt()

    with pytest.raises(BreakerOpen):
        await one.attempt()

    assert one.counted("gateway_upstream_breaker_open") == 1
    assert one.attempts.count == UNREACHED_IN_A_ROW


async def test_a_full_queue_makes_no_call() -> None:
    end = asyncio.Event()
    one = One(end, concurrency=1, queue=0)
    task = await running(one)

    with pytest.raises(QueueFull):
        await one.attempt()

    end.set()
    await task
    assert one.attempts.count == 1


async def test_a_request_at_fault_tells_nothing_about_the_backend() -> None:
    one = One(BadRequest("damaged"))

    with pytest.raises(BadRequest):
        await one.attempt()

    assert sum(one.outcomes(outcome) for outcome in Outcome) == 0
    assert await one.attempt() == 1


async def test_a_call_that_nobody_waits_for_tells_nothing_and_leaves_nothing() -> None:
    one = One(asyncio.Event(), concurrency=1, queue=0)
    task = await running(one)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert one.driver.cancelled == 1
    assert sum(one.outcomes(outcome) for outcome in Outcome) == 0
    assert await one.attempt() == 1


async def test_a_call_cut_off_by_the_deadline_counts_against_the_backend() -> None:
    """Else one that never answers would never be found to be down: its own time-out is as long as the deadline."""
    one = One(*[asyncio.Event()] * 20)

    for _ in range(20):
        with pytest.raises(Exception, match="deadline"):
            await one.attempt(seconds=0.001)

    assert one.outcomes(Outcome.AMBIGUOUS) == 20
    assert one.member.breaker.is_open


async def test_a_call_that_is_cancelled_in_the_moment_of_its_deadline_counts_too() -> None:
    """The request's own deadline is at the same moment, and cancels the call when it is the first to notice."""
    one = One(asyncio.Event())
    call = asyncio.create_task(one.attempt(seconds=GRAIN * 0.9))
    await asyncio.sleep(0)

    call.cancel()

    await asyncio.wait([call])
    assert one.outcomes(Outcome.AMBIGUOUS) == 1


async def test_a_call_that_failed_gives_its_place_back() -> None:
    one = One(Refused("x"), concurrency=1, queue=0)

    with pytest.raises(Refused):
        await one.attempt()

    assert await one.attempt() == 1


@pytest.mark.parametrize(("on_disconnect", "worth"), [("finish", True), ("cancel", False)])
async def test_what_a_lost_client_leaves_is_as_configured(on_disconnect: str, *, worth: bool) -> None:
    end = asyncio.Event()
    one = One(end, on_disconnect=on_disconnect)
    task = await running(one)

    assert one.attempts.worth_finishing is worth

    end.set()
    await task


async def test_every_attempt_is_one_line_without_the_prompt(caplog: pytest.LogCaptureFixture) -> None:
    one = One(Refused("codes server_error", status=500))

    with caplog.at_level(logging.DEBUG, "gateway.upstreams"):
        with pytest.raises(Refused):
            await one.attempt()
        await one.attempt()

    fields = [vars(record)["fields"] for record in caplog.records]
    assert [(line["number"], line["outcome"], line.get("status")) for line in fields] == [
        (1, "refused", 500),
        (2, "success", None),
    ]
    assert "secret wish" not in str(fields)
