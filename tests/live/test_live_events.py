"""`stream: true` over real connections: events, errors before and after the first, keep-alive, the deadline."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any, NamedTuple

import pytest
from support.crowd import Crowd, Fronted, StartFronted, leave
from support.images_api import EDITS, GENERATIONS
from support.provider import CONTENT_REFUSED, HELD, Provider, Reply
from support.samples import data_url, plain

from gateway.handlers import events

STREAM = {"prompt": "a lighthouse", "stream": True}


class Told(NamedTuple):
    """One event, or a comment, whose name is empty."""

    name: str
    text: str

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found


@pytest.fixture
async def gateway(front: StartFronted) -> Fronted:
    return await front()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment is due after every few milliseconds of silence."""
    monkeypatch.setattr(events, "KEEP_ALIVE", 0.02)


def parsed(body: bytes) -> list[Told]:
    told = []
    for block in body.decode().split("\n\n")[:-1]:
        if block.startswith(": "):
            told.append(Told("", block[2:]))
        else:
            name, data = block.split("\n")
            told.append(Told(name.removeprefix("event: "), data.removeprefix("data: ")))
    return told


async def test_each_picture_is_an_event(gateway: Fronted, crowd: Crowd) -> None:
    heard = await crowd.ask(gateway, json={**STREAM, "n": 3})

    told = parsed(heard.body)
    assert [event.name for event in told] == ["image_generation.completed"] * 3
    assert len({event.data["b64_json"] for event in told}) == 3
    assert base64.b64decode(told[0].data["b64_json"]).startswith(b"\x89PNG")


async def test_an_edit_has_events_of_its_own(gateway: Fronted, crowd: Crowd) -> None:
    order = {**STREAM, "image": data_url(plain((64, 64)))}

    heard = await crowd.ask(gateway, path=EDITS, json=order)

    assert [event.name for event in parsed(heard.body)] == ["image_edit.completed"]


async def test_a_stream_is_one_for_browsers_and_proxies(gateway: Fronted) -> None:
    async with gateway.client.post(gateway.address + GENERATIONS, json=STREAM) as response:
        assert response.content_type == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Accel-Buffering"] == "no"
        assert response.headers["X-Upstream"] == "first"


@pytest.mark.parametrize(("failure", "status"), [(CONTENT_REFUSED, 400), (Reply(status=401), 500)])
async def test_an_error_before_the_first_event_is_an_ordinary_one(
    gateway: Fronted, crowd: Crowd, provider: Provider, failure: Reply, status: int
) -> None:
    provider.script(failure)

    heard = await crowd.ask(gateway, json=STREAM)

    assert heard.status == status
    assert heard.error["message"]


@pytest.mark.usefixtures("impatient")
async def test_an_error_after_the_stream_has_begun_is_an_event(
    gateway: Fronted, crowd: Crowd, provider: Provider
) -> None:
    provider.script(Reply(status=400, code="moderation_blocked", held=True))
    client = crowd.many(1, gateway, json=STREAM)
    await provider.called()
    await asyncio.sleep(0.1)
    provider.release()

    heard = await client[0]

    told = parsed(heard.body)
    assert heard.status == 200
    assert [event.name for event in told if event.name] == ["error"]
    assert told[-1].data["error"]["code"] == "content_policy_violation"


@pytest.mark.usefixtures("impatient")
async def test_silence_is_filled_with_comments(gateway: Fronted, crowd: Crowd, provider: Provider) -> None:
    provider.script(HELD)
    client = crowd.many(1, gateway, json=STREAM)
    await provider.called()
    await asyncio.sleep(0.1)
    provider.release()

    told = parsed((await client[0]).body)

    assert told[0] == Told("", "keep-alive")
    assert told[-1].name == "image_generation.completed"


async def test_progress_comes_before_the_picture(front: StartFronted, crowd: Crowd) -> None:
    gateway = await front({"models": _local()})

    heard = await crowd.ask(gateway, json={**STREAM, "n": 2})

    told = parsed(heard.body)
    assert [event.text for event in told if not event.name] == ["progress 0.50", "progress 1.00"]
    assert [event.name for event in told if event.name] == ["image_generation.completed"] * 2


def _local() -> dict[str, Any]:
    """Models on the embedded backend, which tells how far it is."""
    return {
        "nano-banana": {"operations": ["generate", "edit"], "upstreams": ["local"]},
        "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": ["local"]},
    }


async def test_the_deadline_before_the_first_event_is_an_ordinary_error(
    front: StartFronted, crowd: Crowd, provider: Provider
) -> None:
    gateway = await front({"server": {"request_timeout": 0.1}})
    provider.script(HELD)

    heard = await crowd.ask(gateway, json=STREAM)

    assert (heard.status, heard.should_retry) == (504, "false")


@pytest.mark.usefixtures("impatient")
async def test_the_deadline_while_streaming_is_an_event(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    gateway = await front({"server": {"request_timeout": 0.2}})
    provider.script(HELD)

    heard = await crowd.ask(gateway, json=STREAM)

    told = parsed(heard.body)
    assert heard.status == 200
    assert told[-1].name == "error"
    assert told[-1].data["error"]["message"] == "Server polling timeout"
    await gateway.quiet()


@pytest.mark.usefixtures("impatient")
async def test_who_leaves_a_stream_leaves_no_work_behind(
    front: StartFronted, crowd: Crowd, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await front(on_disconnect="cancel")
    provider.script(*[HELD] * 20)
    clients = crowd.many(20, gateway, json=STREAM)
    await provider.called(16)  # the backend's concurrency
    await asyncio.sleep(0.1)

    await leave(clients)

    await asyncio.wait_for(provider.left(16), 1)
    await gateway.quiet()
    assert [record for record in caplog.records if record.exc_info] == []


async def test_equal_streams_are_one_piece_of_work(gateway: Fronted, crowd: Crowd, provider: Provider) -> None:
    provider.script(HELD)
    clients = crowd.many(10, gateway, "GET", params={"prompt": "p", "stream": "true"})
    await gateway.busy(11)

    provider.release()
    heard = await asyncio.gather(*clients)

    assert len({answer.body for answer in heard}) == 1
    assert len(provider.calls) == 1


async def test_a_key_gives_a_stream_again(gateway: Fronted, crowd: Crowd, provider: Provider) -> None:
    key = {"Idempotency-Key": "k"}

    first = await crowd.ask(gateway, json=STREAM, headers=key)
    again = await crowd.ask(gateway, json=STREAM, headers=key)

    assert again.body == first.body
    assert len(provider.calls) == 1
