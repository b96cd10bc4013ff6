"""`generate`, `edit` and `upscale` against live gateways: from a terminal, from scripts, and when things go wrong."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from PIL import Image
from support.background import Serve, Standing
from support.gateway import StartGateway
from support.line import line_to
from support.painter import Painter
from support.picture_site import PictureSite
from support.samples import alpha_mask, plain, quarters, text
from support.terminal import at_a_terminal
from support.webui import webui

from gateway.cli import main

TOKEN = "nbg_right-canary"
CLOSED = {"auth": {"tokens": [{"name": "web", "token": TOKEN}]}}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NANO_BANANA_TOKEN", raising=False)


class Ended(NamedTuple):
    status: int
    output: str
    errors: str


class Shell:
    """Runs commands against one gateway; nobody watches."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def run(self, address: str, *arguments: str) -> Ended:
        status = main([*arguments, "--gateway", address])
        return Ended(status, *self._capsys.readouterr())

    async def start(self, address: str, *arguments: str) -> Ended:
        """Beside a loop that answers it."""
        return await asyncio.to_thread(self.run, address, *arguments)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def address(standing: Standing) -> str:
    return standing.address


def write(name: str, data: bytes) -> None:
    Path(name).write_bytes(data)


def read(name: str) -> bytes:
    return Path(name).read_bytes()


def files() -> list[str]:
    """What the command has left, beside the store of a gateway that runs in the same folder."""
    return sorted(path.name for path in Path().iterdir() if path.is_file())


def size(path: str) -> tuple[str | None, tuple[int, int]]:
    with Image.open(path) as image:
        return image.format, image.size


def test_words_become_a_picture_that_is_named_after_them(shell: Shell, address: str) -> None:
    ended = shell.run(address, "generate", "A red bicycle", "--ratio", "16:9")

    assert ended == (0, "a-red-bicycle.png\n", "")
    assert size("a-red-bicycle.png") == ("PNG", (1792, 1024))


def test_one_step_follows_another(shell: Shell, address: str) -> None:
    made = shell.run(address, "generate", "A lake", "-n", "2", "-o", "lake.jpg", "--size", "1024x768", "--seed", "7")
    edited = shell.run(address, "edit", "Make it black and white", "lake-1.jpg", "-o", "grey.webp")
    enlarged = shell.run(address, "upscale", "grey.webp", "--factor", "x4", "--format", "jpeg")

    assert [made.output, edited.output, enlarged.output] == ["lake-1.jpg\nlake-2.jpg\n", "grey.webp\n", "grey-x4.jpg\n"]
    assert [size(name) for name in ("lake-2.jpg", "grey.webp", "grey-x4.jpg")] == [
        ("JPEG", (1024, 768)),
        ("WEBP", (1024, 768)),
        ("JPEG", (4096, 3072)),
    ]


def test_a_mask_and_extra_fields_go_along(shell: Shell, address: str) -> None:
    write("red.png", plain((60, 40)))
    write("mask.png", alpha_mask((60, 40), (0, 0, 30, 40)))

    ended = shell.run(address, "edit", "make it blue", "red.png", "--mask", "mask.png", "--extra", "strict=true")

    assert ended.status == 0, ended
    with Image.open("red-edit.png") as image:
        assert image.convert("RGB").getpixel((50, 20)) == (255, 0, 0) != image.convert("RGB").getpixel((10, 20))


async def test_several_pictures_and_addresses_go_along(
    shell: Shell, serve: Serve, painter: Painter, site: PictureSite
) -> None:
    write("a.jpg", quarters(form="JPEG"))
    address = serve({**painter.document(), "inputs": {"allow_private_networks": True}})

    ended = await shell.start(address, "edit", "Put them together", "a.jpg", site.show("/b.png", plain()))

    assert ended.status == 0, ended
    assert [name.removesuffix("[]") for name, _ in painter.asked[0].files] == ["image", "image"]


def test_pipes_carry_words_in_and_a_picture_out(address: str) -> None:
    python = [sys.executable, "-m", "gateway"]
    made = subprocess.run(  # noqa: S603 - our own command
        [*python, "generate", "-", "-o", "-", "--gateway", address],
        input=b"A red bicycle\n",
        capture_output=True,
        check=True,
    )
    enlarged = subprocess.run(  # noqa: S603 - our own command
        [*python, "upscale", "-", "-o", "-", "--format", "webp", "--gateway", address],
        input=made.stdout,
        capture_output=True,
        check=True,
    )

    assert (made.stdout[:4], enlarged.stdout[8:12]) == (b"\x89PNG", b"WEBP")
    assert made.stderr == enlarged.stderr == b""


def test_a_reader_that_leaves_is_no_traceback(address: str) -> None:
    command = [sys.executable, "-m", "gateway", "generate", "x", "-o", "-", "--gateway", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - our own command
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait(10)) == (b"", 1)


async def test_what_is_there_already_costs_nothing(shell: Shell, serve: Serve, painter: Painter) -> None:
    write("fox.png", b"old")

    ended = await shell.start(serve(painter.document()), "generate", "a fox", "-o", "fox.png")

    assert (ended.status, ended.output) == (1, "")
    assert "fox.png is there already" in ended.errors
    assert painter.asked == []


def test_a_closed_gateway_says_how_to_give_a_token(shell: Shell, serve: Serve) -> None:
    ended = shell.run(serve(CLOSED), "generate", "a fox")

    assert ended.status == 1
    assert "401: " in ended.errors
    assert "NANO_BANANA_TOKEN" in ended.errors


@pytest.mark.parametrize("by", ["environment", "file"])
def test_a_token_opens_it_and_is_never_shown(
    shell: Shell, serve: Serve, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("token").write_text(TOKEN + "\n")
    more = ["--token-file", "token"] if by == "file" else []
    if by == "environment":
        monkeypatch.setenv("NANO_BANANA_TOKEN", TOKEN)
    address = serve(CLOSED)

    good = shell.run(address, "generate", "a fox", *more)
    bad = shell.run(address, "generate", "a fox", "-n", "4", "--model", "none", *more)

    assert (good.status, bad.status) == (0, 1)
    assert TOKEN not in f"{good}{bad}"


def test_a_wrong_token_is_told_apart_from_none(shell: Shell, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANO_BANANA_TOKEN", "nbg_wrong-canary")

    ended = shell.run(serve(CLOSED), "generate", "a fox")

    assert ended.status == 1
    assert "not this gateway's token" in ended.errors
    assert "canary" not in ended.errors


LIMITED = {"auth": {"tokens": [{"name": "web", "token": TOKEN, "requests_per_minute": 1}]}}


def test_a_limit_is_told_with_its_wait(shell: Shell, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANO_BANANA_TOKEN", TOKEN)
    address = serve(LIMITED)

    first, second = (shell.run(address, "generate", "a fox") for _ in range(2))

    assert (first.status, second.status) == (0, 3)
    assert "429: " in second.errors
    assert "Ask again in " in second.errors


@pytest.fixture
async def busy() -> Any:
    """What a busy gateway answers, twice, before it has the time."""
    keys: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) < 3:
            error = {"message": "busy", "type": "api_error", "param": None, "code": None}
            return web.json_response({"error": error}, status=503, headers={"Retry-After": "1"})
        return web.json_response({"created": 1, "data": [{"b64_json": text(plain())}]})

    app = web.Application()
    app.router.add_post("/v1/images/generations", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("")), keys


async def test_a_busy_gateway_is_waited_for_when_that_is_wished(shell: Shell, busy: tuple[str, list[str]]) -> None:
    address, keys = busy

    impatient = await shell.start(address, "generate", "a fox")
    patient = await shell.start(address, "generate", "a fox", "--wait", "5", "--key", "mine")

    assert (impatient.status, patient.status) == (3, 0)
    assert keys[1:] == ["mine", "mine"]


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        ((400, {"error": {"code": "content_policy_violation"}}, {}), 1, "other words"),
        ((500, {}, {}), 1, "billed"),
        ((401, {}, {}), 1, "500: Upstream API error: 401"),
    ],
)
async def test_a_backend_that_fails_is_told_in_the_gateways_words(
    shell: Shell, serve: Serve, painter: Painter, failure: tuple[int, Any, Any], status: int, words: str
) -> None:
    painter.failure = failure

    ended = await shell.start(serve(painter.document()), "generate", "a fox")

    assert (ended.status, ended.output) == (status, "")
    assert words in ended.errors
    assert files() == []


async def test_a_deadline_is_told(shell: Shell, serve: Serve, painter: Painter) -> None:
    painter.may_answer.clear()
    address = serve({**painter.document(), "server": {"request_timeout": 0.3}})

    ended = await shell.start(address, "generate", "a fox")

    assert ended.status == 1
    assert "504: Server polling timeout" in ended.errors
    assert "billed" in ended.errors


def test_nobody_there_is_told_at_once(shell: Shell) -> None:
    ended = shell.run(f"http://127.0.0.1:{unused_port()}", "generate", "a fox")

    assert ended.status == 3
    assert "Nobody answers at http://127.0.0.1:" in ended.errors
    assert "Connection refused" in ended.errors
    assert "--gateway" in ended.errors


async def test_a_lost_connection_is_taken_up_again_and_pays_once(shell: Shell, serve: Serve, painter: Painter) -> None:
    painter.may_answer.clear()
    async with line_to(serve(painter.document())) as line:
        running = asyncio.ensure_future(shell.start(line.address, "generate", "a fox"))
        await painter.has_been_asked.wait()
        line.cut()
        painter.may_answer.set()
        line.mend()
        ended = await running

    assert ended == (0, "a-fox.png\n", "")
    assert len(painter.asked) == 1


async def test_the_same_key_has_the_pictures_of_a_command_that_was_cut_off(
    shell: Shell, serve: Serve, painter: Painter
) -> None:
    address = serve(painter.document())

    first = await shell.start(address, "generate", "a fox", "--key", "mine")
    again = await shell.start(address, "generate", "a fox", "--key", "mine", "-o", "again.png")
    other = await shell.start(address, "generate", "a wolf", "--key", "mine")

    assert (first.status, again.status, other.status) == (0, 0, 1)
    assert read("a-fox.png") == read("again.png")
    assert "422: " in other.errors
    assert len(painter.asked) == 1


async def _foreign(answer: web.StreamResponse) -> TestServer:
    async def handle(_: web.Request) -> web.StreamResponse:
        return answer

    app = web.Application()
    app.router.add_post("/{tail:.*}", handle)
    server = TestServer(app)
    await server.start_server()
    return server


STREAM = 'event: error\ndata: {"error": {"message": "Server polling timeout"}}\n\n'


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ({"text": "<html>"}, 1, "is no JSON"),
        ({"text": "[]", "content_type": "application/json"}, 1, "is no JSON"),
        ({"text": '{"data": [{"url": "x"}]}'}, 1, "holds no picture"),
        ({"text": '{"data": [{"b64_json": "aGFsbG8="}]}'}, 1, "no picture"),
        ({"status": 502, "text": "<html>\x1b[31m"}, 3, "502: Bad Gateway"),
        ({"status": 308, "headers": {"Location": "https://elsewhere/"}}, 1, "leads to https://elsewhere/"),
        ({"text": STREAM, "content_type": "text/event-stream"}, 1, "504: Server polling timeout"),
        ({"status": 400, "text": '{"error": {"message": "\\u001b]0;evil\\u0007"}}'}, 1, "400:  ]0;evil"),
    ],
)
async def test_what_is_no_gateway_is_told(shell: Shell, answer: Any, status: int, words: str) -> None:
    server = await _foreign(web.Response(**answer))

    ended = await shell.start(str(server.make_url("")), "generate", "a fox")
    await server.close()

    assert (ended.status, ended.output) == (status, "")
    assert words in ended.errors
    assert "\x1b" not in ended.errors


async def test_progress_is_shown_to_who_watches(serve: Serve, tmp_path: Path) -> None:
    async with webui() as ui:
        ui.may_end.clear()
        models = {"nano-banana": {"operations": ["generate", "edit"], "upstreams": ["ui"]}}
        address = serve({"upstreams": {"ui": {"driver": "automatic1111", "base_url": ui.address}}, "models": models})
        async with at_a_terminal(tmp_path, "generate", "a fox", "--gateway", address) as watched:
            await watched.until("Generating  [######..................]  25%")
            ui.may_end.set()
            status = await watched.ended()

    assert status == 0
    assert "\r\x1b[2Ka-fox.png  1024 x 1024, " in watched.seen
    assert "1 picture in " in watched.seen


async def test_elapsed_time_is_shown_where_nothing_streams(start: StartGateway, tmp_path: Path) -> None:
    gateway = await start()
    write("a.png", plain())

    async with at_a_terminal(tmp_path, "upscale", "a.png", "--gateway", gateway.address) as watched:
        await watched.until("Upscaling  0.")
        assert await watched.ended() == 0

    assert "a-x2.png  128 x 96, 1 kB" in watched.seen
    assert ", by local" in watched.seen


async def test_a_lost_connection_is_shown_while_it_is_taken_up(serve: Serve, painter: Painter, tmp_path: Path) -> None:
    painter.may_answer.clear()
    async with (
        line_to(serve(painter.document())) as line,
        at_a_terminal(tmp_path, "generate", "a fox", "--gateway", line.address) as watched,
    ):
        await painter.has_been_asked.wait()
        line.cut()
        await watched.until("Connection lost, asking again in 1 s")
        painter.may_answer.set()
        line.mend()
        assert await watched.ended() == 0


async def test_ctrl_c_ends_in_words_and_with_the_key(serve: Serve, painter: Painter, tmp_path: Path) -> None:
    painter.may_answer.clear()
    address = serve(painter.document())
    async with at_a_terminal(tmp_path, "generate", "a fox", "--gateway", address) as watched:
        await painter.has_been_asked.wait()
        await watched.until("Generating")
        watched.process.send_signal(signal.SIGINT)
        status = await watched.ended()
    painter.may_answer.set()

    assert status == 130
    assert "nano-banana-gateway: Interrupted" in watched.seen
    assert "--key " in watched.seen
    assert "Traceback" not in watched.seen
    assert files() == []


async def test_quiet_is_quiet_and_a_dumb_terminal_is_spared(start: StartGateway, tmp_path: Path) -> None:
    gateway = await start()
    way = ("--gateway", gateway.address)

    async with at_a_terminal(tmp_path, "generate", "a fox", "--quiet", *way) as quiet:
        assert await quiet.ended() == 0
    async with at_a_terminal(tmp_path, "generate", "a fox", *way, TERM="dumb") as dumb:
        assert await dumb.ended() == 0

    assert quiet.seen.startswith("a-fox.png  1024 x 1024, ")
    assert quiet.seen.count("\n") == 1
    assert "\x1b" not in quiet.seen + dumb.seen
