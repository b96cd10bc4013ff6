"""The life of the process: its first line, how it ends, and what it leaves for the next (U8)."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession
from support.child import PATIENCE, Child, RunGateway, command
from support.errors import error_in
from support.images_api import GENERATIONS, UPSCALE
from support.painter import Painter
from support.raw_http import exchange
from support.samples import plain, text
from yarl import URL

ORDER = {"prompt": "a hill", "response_format": "b64_json"}
SIGNALS = [signal.SIGTERM, signal.SIGINT]


async def until_status(client: ClientSession, url: str, status: int) -> None:
    """Ask until the answer has this status."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with client.get(url) as response:
                if response.status == status:
                    return
            await asyncio.sleep(0.02)


async def posted(client: ClientSession, url: str, body: object) -> tuple[int, Any, ClientResponse]:
    async with client.post(url, json=body) as response:
        return response.status, await response.json(), response


async def test_the_first_line_says_the_address(run_afresh: RunGateway, client: ClientSession) -> None:
    child = await run_afresh({})

    assert re.fullmatch(r"Nano Banana Gateway at http://127\.0\.0\.1:[0-9]+ \(open to all\)\n", child.first_line)
    async with client.get(f"{child.address}/readyz") as response:
        assert response.status == 200


@pytest.mark.parametrize("number", SIGNALS)
async def test_asked_to_end_an_idle_gateway_ends_with_0(run_afresh: RunGateway, number: signal.Signals) -> None:
    child = await run_afresh({"server": {"port": 0, "drain_timeout": 0.2}})

    child.signal(number)

    assert await child.exit_status() == 0
    assert any("draining" in line for line in child.log())
    assert "stopped" in child.log()[-1]


async def busy(run: RunGateway, painter: Painter, drain_timeout: float, drain_delay: float = 0.1) -> Child:
    times = {"drain_timeout": drain_timeout, "drain_delay": drain_delay}
    return await run({**painter.document(), "server": {"port": 0, **times}})


async def test_while_draining_what_runs_is_finished(run: RunGateway, painter: Painter, client: ClientSession) -> None:
    painter.may_answer.clear()
    child = await busy(run, painter, drain_timeout=5)
    running = asyncio.ensure_future(posted(client, child.address + GENERATIONS, ORDER))
    await painter.has_been_asked.wait()

    child.signal(signal.SIGTERM)
    await until_status(client, f"{child.address}/readyz", 503)
    painter.may_answer.set()
    status, body, _ = await running

    assert (status, len(body["data"])) == (200, 1)
    assert await child.exit_status() == 0


async def test_just_after_sigterm_new_requests_are_still_served(
    run: RunGateway, painter: Painter, client: ClientSession
) -> None:
    """Balancers take their time to look away: `drain_delay`, and no longer."""
    child = await busy(run, painter, drain_timeout=25, drain_delay=1)

    child.signal(signal.SIGTERM)
    await until_status(client, f"{child.address}/readyz", 503)
    began = time.monotonic()
    status, _, response = await posted(client, child.address + GENERATIONS, ORDER)
    status_of_exit = await child.exit_status()

    assert (status, status_of_exit) == (200, 0)
    assert response.headers["Connection"] == "close"
    assert 0.5 < time.monotonic() - began < 10  # nothing runs any more, so the rest of drain_timeout is not waited for


async def test_a_delay_longer_than_the_whole_is_cut_short(run: RunGateway) -> None:
    child = await run({"server": {"port": 0, "drain_timeout": 0.2}})
    began = time.monotonic()

    child.signal(signal.SIGTERM)

    assert await child.exit_status() == 0
    assert time.monotonic() - began < 5


async def test_by_hand_nobody_has_to_look_away(run: RunGateway) -> None:
    child = await run({"server": {"port": 0, "drain_delay": 60, "drain_timeout": 100}})

    child.signal(signal.SIGINT)

    assert await child.exit_status() == 0


async def test_what_takes_longer_is_answered_503_and_logged(
    run: RunGateway, painter: Painter, client: ClientSession
) -> None:
    painter.may_answer.clear()
    child = await busy(run, painter, drain_timeout=0.5)
    running = asyncio.ensure_future(posted(client, child.address + GENERATIONS, ORDER))
    await painter.has_been_asked.wait()

    child.signal(signal.SIGTERM)
    status, body, response = await running

    assert (status, error_in(body)["type"]) == (503, "api_error")
    assert int(response.headers["Retry-After"]) >= 1
    assert await child.exit_status() == 0
    assert any("cut off at the end of drain_timeout" in line for line in child.log())


async def test_a_second_signal_ends_at_once(run: RunGateway, painter: Painter, client: ClientSession) -> None:
    painter.may_answer.clear()
    child = await busy(run, painter, drain_timeout=600)
    running = asyncio.ensure_future(posted(client, child.address + GENERATIONS, ORDER))
    await painter.has_been_asked.wait()

    child.signal(signal.SIGTERM)
    await until_status(client, f"{child.address}/readyz", 503)
    child.signal(signal.SIGINT)

    assert await child.exit_status() == 0
    assert (await running)[0] == 503


async def test_the_next_process_knows_the_pictures_and_the_keys_of_the_last(
    run: RunGateway, client: ClientSession
) -> None:
    async def path(child: Child) -> str:
        order, key = {"image": text(plain())}, {"Idempotency-Key": "once"}
        async with client.post(child.address + UPSCALE, json=order, headers=key) as response:
            return URL((await response.json())["data"][0]["url"]).path

    first = await run({"server": {"port": 0, "drain_timeout": 0.2}})
    before = await path(first)
    first.signal(signal.SIGTERM)
    await first.exit_status()
    second = await run({})

    assert await path(second) == before
    async with client.get(second.address + before) as response:
        assert (response.status, response.headers["Content-Type"]) == (200, "image/png")


async def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, output, errors = await command(tmp_path, "--port", str(port))

    assert (status, output) == (1, "")
    assert f"cannot serve at 127.0.0.1:{port}: " in errors.splitlines()[-1]
    assert "in use" in errors
    assert "Traceback" not in errors


async def test_the_metrics_may_have_a_port_of_their_own(
    run: RunGateway, client: ClientSession, unused_tcp_port: int
) -> None:
    child = await run({"metrics": {"port": unused_tcp_port}})

    async with client.get(f"http://127.0.0.1:{unused_tcp_port}/metrics") as own:
        assert (own.status, "gateway_build_info" in await own.text()) == (200, True)
    async with client.get(f"{child.address}/metrics") as main:
        assert main.status == 404


HOSTILE = [
    b'x" level=error event="forged',
    b"a\x1b[31mred",
    b'{"event":"forged"}',
    b"a" * 5000,
    "\u202eevil".encode(),
    b"%0d%0aforged",
    b"a\rforged",
]


@pytest.mark.parametrize("form", ["text", "json"])
async def test_one_line_an_event_that_no_client_can_forge(run: RunGateway, client: ClientSession, form: str) -> None:
    child = await run({"log": {"format": form}})
    secret = "a-prompt-that-stays-out-of-the-log"

    for value in HOSTILE:
        headers = b"Host: localhost\r\nUser-Agent: %s\r\nX-Request-ID: %s\r\nConnection: close\r\n\r\n" % (value, value)
        await exchange(child.address, b"GET /images/%s?prompt=%s HTTP/1.1\r\n" % (value, secret.encode()) + headers)
        await exchange(child.address, b"GET /v1/models HTTP/1.1\r\n" + headers)
    async with client.post(f"{child.address}{GENERATIONS}", json={"prompt": secret, "n": 9}) as response:
        name = response.headers["X-Request-ID"]

    log = child.log()
    assert [status_of(line, form) for line in log if name in line] == [400]
    assert all(status_of(line, form) for line in log)
    assert all(line.isascii() and line.isprintable() for line in log)
    assert secret not in "\n".join(log)
    assert max(map(len, log)) < 1000


def status_of(line: str, form: str) -> int:
    """The status that a line of the log tells; every line must be one event of ours, whole."""
    if form == "json":
        event = json.loads(line)
        assert event["event"] in {"request", "malformed request"}
        return int(event["status"])
    match = re.fullmatch(rf"{TIME} info gateway\.(access: request|[a-z]+: malformed request)( [a-z_]+={VALUE})+", line)
    assert match, line
    return int(line.partition("status=")[2].split()[0])


TIME = r"[0-9-]{10}T[0-9:.]{12}Z"
VALUE = r'([^ "=]+|"([^"\\]|\\.)*")'
