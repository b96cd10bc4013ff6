"""How well the gateway does in front of backends that fail, as figures (U3).

python -m pytest tests/test_faults.py -s             the pool, its driver and HTTP; waits are leapt over
python -m pytest tests/test_faults.py -s -m slow     the whole gateway under load, with real waits
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import defaultdict

import pytest
from support.crowd import Crowd
from support.faulty import SEED, Bench, Figures, bench, burst, refusing
from support.gateway import Gateway, StartGateway
from support.provider import Provider, Reply, behind, faults, providing

from gateway.upstreams.breaker import OPEN_FOR

REFUSED = 0.1
"""Of the connections."""
PLAIN = [(Reply(status=500), 1 / 9), (Reply(status=503), 1 / 9)]
"""Of the calls that arrive: 30 % of all, together with those that do not."""
AMBIGUOUS = [(Reply(status=502), 0.04), (Reply(reset=True), 0.03), (Reply(cut=True), 0.03)]
REQUESTS = 2000


def tell(figures: Figures) -> Figures:
    sys.stdout.write(f"\n  {figures}\n")
    return figures


def never_opened(running: Bench) -> bool:
    return all(member.breaker._era == 0 for member in running.members)


async def test_with_three_calls_in_ten_failing_nearly_all_requests_succeed(provider: Provider) -> None:
    """Three attempts leave 0.3 ** 3 = 2.7 % failures, at 1 + 0.3 + 0.09 = 1.39 calls a request."""
    provider.otherwise = faults(SEED, *PLAIN)

    with refusing(provider, REFUSED):
        async with bench(provider) as running:
            figures = tell(await running.run("30 % plain failures, one backend", REQUESTS))

    assert figures.success >= 0.96
    assert figures.calls_per_request <= 1.45
    assert never_opened(running)


async def test_with_a_healthy_second_backend_almost_none_fails(provider: Provider) -> None:
    provider.otherwise = faults(SEED, *PLAIN)

    async with providing() as second:
        with refusing(provider, REFUSED):
            async with bench(provider, second) as running:
                figures = tell(await running.run("30 % plain failures, a healthy second", REQUESTS // 4))

    assert figures.success >= 0.995
    assert figures.calls_per_request <= 1.45


@pytest.mark.parametrize("concurrency", [1, 16, 64])
async def test_quick_failures_of_a_slow_backend_do_not_look_like_an_outage(concurrency: int) -> None:
    """A picture takes twenty seconds and a refusal none, so refusals come first, and the budget for retries is small
    until the first picture is there.
    """
    name = f"a burst of 200, 30 % plain failures at once, pictures in 20 s, {concurrency} at a time"

    figures, member = await burst(name, 200, share=0.3, seconds=20, concurrency=concurrency)

    assert tell(figures).success >= 0.75
    assert member.breaker._era == 0


async def test_a_dead_backend_costs_nothing_and_is_back_with_one_probe(provider: Provider) -> None:
    await provider.stop()
    async with bench(provider) as running:
        opening = tell(await running.run("dead backend, until the breaker opens", 5))
        outage = tell(await running.run("dead backend, the next ten minutes", 1000, apart=0.6))
        await provider.start()
        running.clock.now += OPEN_FOR
        recovery = tell(await running.run("the backend is back", 20))

    assert opening.calls == 5
    assert outage.calls_per_request <= 0.05  # a probe every thirty seconds
    assert outage.p99 < 0.1
    assert (recovery.succeeded, len(provider.calls)) == (20, 20)


async def test_a_backend_that_refuses_everything_is_left_alone_too(provider: Provider) -> None:
    provider.otherwise = faults(SEED, (Reply(status=503), 1.0))
    async with bench(provider) as running:
        opening = tell(await running.run("every answer a 503, until the breaker opens", 10))
        outage = tell(await running.run("every answer a 503, the next ten minutes", 1000, apart=0.6))

    assert opening.calls == 20
    assert outage.calls_per_request <= 0.05
    assert outage.p99 < 0.1


async def test_a_dead_first_backend_is_hardly_noticed_before_a_healthy_second(provider: Provider) -> None:
    await provider.stop()
    async with providing() as second, bench(provider, second) as running:
        figures = tell(await running.run("dead backend, a healthy second", 500, apart=0.6))

    assert figures.success == 1
    assert figures.calls_per_request <= 1.1
    assert figures.p99 < 0.1


async def test_what_may_have_been_done_fails_rather_than_be_paid_for_twice(provider: Provider) -> None:
    """A request succeeds unless an ambiguous call ends it: 0.7 * (1 + 0.2 + 0.04) = 86.8 %."""
    provider.otherwise = faults(SEED, (Reply(status=503), 0.2), *AMBIGUOUS)

    async with bench(provider, retry_ambiguous=False) as running:
        figures = tell(await running.run("20 % plain and 10 % ambiguous, not repeated", REQUESTS // 4))

    assert 0.84 <= figures.success <= 0.9
    assert repeated(provider) == 0


async def test_where_that_is_configured_it_is_repeated(provider: Provider) -> None:
    provider.otherwise = faults(SEED, (Reply(status=503), 0.2), *AMBIGUOUS)

    async with bench(provider, retry_ambiguous=True) as running:
        figures = tell(await running.run("20 % plain and 10 % ambiguous, repeated", REQUESTS // 4))

    assert figures.success >= 0.96
    assert repeated(provider) > 0


def repeated(provider: Provider) -> int:
    """Calls for a picture that may have been made before."""
    refused = {Reply(status=503).status}
    replies: dict[str, list[Reply]] = defaultdict(list)
    for call in provider.calls:
        replies[str(call.fields["prompt"])].append(call.reply)
    return sum(reply.status not in refused for asked in replies.values() for reply in asked[:-1])


@pytest.mark.slow
@pytest.mark.parametrize(("backends", "least"), [(1, 0.96), (2, 0.995)])
async def test_the_whole_gateway_under_load_with_real_waits(
    start: StartGateway, crowd: Crowd, provider: Provider, backends: int, least: float
) -> None:
    provider.otherwise = faults(SEED, *PLAIN)
    figures = Figures(f"the whole gateway, 32 clients, 30 % plain failures, {backends} backend(s)")

    async with providing() as second:
        urls = [provider.base_url, second.base_url][:backends]
        gateway = await start(behind(*urls, concurrency=64))
        with refusing(provider, REFUSED):
            await asyncio.gather(*(_ask_on(crowd, gateway, figures, REQUESTS // 32) for _ in range(32)))

    assert tell(figures).success >= least
    assert figures.calls_per_request <= 1.45


async def _ask_on(crowd: Crowd, gateway: Gateway, figures: Figures, times: int) -> None:
    for _ in range(times):
        began = time.perf_counter()
        heard = await crowd.ask(gateway)
        figures.add(succeeded=heard.status == 200, calls=int(heard.attempts or 0), seconds=time.perf_counter() - began)
