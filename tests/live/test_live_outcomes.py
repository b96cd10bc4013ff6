"""The table of outcomes, row by row, as a provider gives cause for them over HTTP."""

from __future__ import annotations

import pytest
from support.clocks import StillDice
from support.crowd import Crowd, Heard
from support.gateway import StartGateway
from support.provider import CONTENT_REFUSED, Provider, Reply, behind, closed_port, providing

PROSE = Reply(raw=b"<html>It works!</html>")
NO_PICTURE = Reply(pictures=0)
REDIRECT = Reply(status=307, headers={"Location": "http://127.0.0.1:9/v1/images/generations"})

AGAIN = [Reply(status=429), Reply(status=500), Reply(status=503)]
ELSEWHERE = [*AGAIN, Reply(status=401), Reply(status=404), Reply(status=408), REDIRECT, PROSE, NO_PICTURE]
NEVER = [Reply(status=502), Reply(status=504), Reply(status=524), Reply(reset=True), Reply(cut=True)]


def name(reply: Reply) -> str:
    return "reset" if reply.reset else "cut" if reply.cut else "prose" if reply.raw else str(reply.status)


async def asked(start: StartGateway, crowd: Crowd, *providers: Provider, n: int = 1, **keys: object) -> Heard:
    gateway = await start(behind(*(one.base_url for one in providers), **keys), dice=StillDice())
    return await crowd.ask(gateway, json={"prompt": "p", "n": n})


def calls(*providers: Provider) -> list[int]:
    return [len(one.calls) for one in providers]


@pytest.mark.parametrize("reply", AGAIN, ids=name)
async def test_a_refusal_is_asked_again(start: StartGateway, crowd: Crowd, provider: Provider, reply: Reply) -> None:
    provider.script(reply, reply)

    heard = await asked(start, crowd, provider)

    assert (heard.status, heard.attempts, calls(provider)) == (200, "3", [3])


@pytest.mark.parametrize("reply", ELSEWHERE, ids=name)
async def test_what_another_can_do_fails_over(
    start: StartGateway, crowd: Crowd, provider: Provider, reply: Reply
) -> None:
    provider.script(reply)

    async with providing() as second:
        heard = await asked(start, crowd, provider, second)

    assert (heard.status, heard.attempts, calls(provider, second)) == (200, "2", [1, 1])


@pytest.mark.parametrize("reply", [reply for reply in ELSEWHERE if reply not in AGAIN], ids=name)
async def test_what_will_not_change_is_not_asked_again(
    start: StartGateway, crowd: Crowd, provider: Provider, reply: Reply
) -> None:
    provider.script(reply)

    heard = await asked(start, crowd, provider)

    assert (heard.status, heard.should_retry, calls(provider)) == (500, "false", [1])


@pytest.mark.parametrize("reply", NEVER, ids=name)
async def test_what_may_have_been_done_is_repeated_nowhere(
    start: StartGateway, crowd: Crowd, provider: Provider, reply: Reply
) -> None:
    provider.script(reply)

    async with providing() as second:
        heard = await asked(start, crowd, provider, second)

    assert (heard.status, heard.should_retry, calls(provider, second)) == (500, "false", [1, 0])


@pytest.mark.parametrize("reply", NEVER, ids=name)
async def test_unless_it_is_configured(start: StartGateway, crowd: Crowd, provider: Provider, reply: Reply) -> None:
    provider.script(reply)

    heard = await asked(start, crowd, provider, retry_ambiguous=True)

    assert (heard.status, calls(provider)) == (200, [2])


async def test_refused_content_is_the_clients_to_change(start: StartGateway, crowd: Crowd, provider: Provider) -> None:
    provider.script(CONTENT_REFUSED)

    async with providing() as second:
        heard = await asked(start, crowd, provider, second)

    assert (heard.status, heard.error["code"]) == (400, "content_policy_violation")
    assert calls(provider, second) == [1, 0]


async def test_a_backend_that_cannot_be_reached_fails_over(
    start: StartGateway, crowd: Crowd, provider: Provider
) -> None:
    gateway = await start(behind(f"http://127.0.0.1:{closed_port()}/v1", provider.base_url), dice=StillDice())

    heard = await crowd.ask(gateway)

    assert (heard.status, heard.attempts, calls(provider)) == (200, "2", [1])


async def test_the_providers_words_reach_nobody(start: StartGateway, crowd: Crowd, provider: Provider) -> None:
    provider.script(Reply(status=401))

    heard = await asked(start, crowd, provider)

    assert heard.error["message"] == "Upstream API error: 401 - Unauthorized"
    assert b"words of the provider" not in heard.body


@pytest.mark.parametrize(("max_n", "sent"), [(10, [4]), (3, [3, 1]), (1, [1, 1, 1, 1])])
async def test_several_pictures_take_as_many_calls_as_it_takes(
    start: StartGateway, crowd: Crowd, provider: Provider, max_n: int, sent: list[int]
) -> None:
    heard = await asked(start, crowd, provider, n=4, max_n=max_n)

    assert len({item["url"] for item in heard.data}) == 4
    assert sorted((call.fields["n"] for call in provider.calls), reverse=True) == sent


async def test_a_short_answer_is_completed_elsewhere(start: StartGateway, crowd: Crowd, provider: Provider) -> None:
    provider.script(Reply(pictures=1))

    async with providing() as second:
        heard = await asked(start, crowd, provider, second, n=3)

    assert len(heard.data) == 3
    assert [call.fields["n"] for call in second.calls] == [2]


async def test_short_answers_all_round_are_an_error_and_not_fewer_pictures(
    start: StartGateway, crowd: Crowd, provider: Provider
) -> None:
    provider.script(*[Reply(pictures=1)] * 3)

    heard = await asked(start, crowd, provider, n=4)

    assert heard.status == 500
    assert calls(provider) == [3]
