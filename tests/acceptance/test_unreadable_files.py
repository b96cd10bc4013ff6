"""Files that the gateway may not read or write: one line says which, and of which key."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession
from support.bound import be_bound, needs_to_be_bound
from support.child import Child, command, serving
from support.images_api import GENERATIONS
from support.small_disk import read_only_disk

DENIED = "Permission denied"
TOKENS = {"auth": {"tokens": [{"name": "web", "token_file": "secrets/token"}]}}
KEY = {
    "upstreams": {
        "paid": {"driver": "openai", "base_url": "http://127.0.0.1:1", "model": "m", "api_key_file": "secrets/token"}
    }
}
TLS = {"server": {"port": 0, "tls": {"certificate": "secrets/token", "key": "secrets/token"}}}


@pytest.fixture(autouse=True)
def _bound(tmp_path: Path) -> None:
    needs_to_be_bound(tmp_path)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/token").write_text("a-token-of-forty-characters-and-some-more")


@contextmanager
def closed(path: Path, mode: int = 0) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


async def said(folder: Path, document: dict[str, Any], *arguments: str) -> list[str]:
    """The lines with which a gateway refuses."""
    file = folder / "gateway.yaml"
    if not file.exists():
        file.write_text(yaml.safe_dump({"server": {"port": 0}, **document}))
    status, output, errors = await command(folder, *arguments, "--config", "gateway.yaml", before=be_bound)
    assert status == 1, errors
    assert "Traceback" not in errors
    assert "forty-characters" not in output + errors
    return [line.removeprefix("gateway.yaml: ") for line in (output + errors).splitlines()]


async def test_the_configuration_itself(tmp_path: Path) -> None:
    (tmp_path / "gateway.yaml").write_text("server: {port: 0}")

    with closed(tmp_path / "gateway.yaml"):
        assert await said(tmp_path, {}) == [f"the file cannot be read: {DENIED}"]


async def test_secrets_all_in_one_go(tmp_path: Path) -> None:
    with closed(tmp_path / "secrets/token"):
        lines = await said(tmp_path, {**TOKENS, **KEY}, "check")

    at = ("auth.tokens[0].token_file", "upstreams.paid.api_key_file")
    assert lines == [f"{key}: secrets/token cannot be read: {DENIED}" for key in at]


async def test_a_certificate_and_its_key_in_a_folder_that_is_locked(tmp_path: Path) -> None:
    with closed(tmp_path / "secrets"):
        lines = await said(tmp_path, TLS, "check")

    assert lines == [f"server.tls.{key}: secrets/token cannot be read: {DENIED}" for key in ("certificate", "key")]


FOLDERS: dict[str, tuple[str, str, str, int]] = {
    "not writable": ("serve", "images", "images", 0o555),
    "not readable": ("doctor", "images", "images", 0o333),
    "not to be entered": ("doctor", "images", "images", 0o666),
    "not to be made": ("serve", "data/images", "data", 0o555),
}


@pytest.mark.parametrize(
    ("name", "store", "locked", "mode"),
    [
        pytest.param(*row, id=how, marks=[] if how == "not writable" else pytest.mark.slow)
        for how, row in FOLDERS.items()
    ],
)
async def test_the_folder_of_pictures(tmp_path: Path, name: str, store: str, locked: str, mode: int) -> None:
    (tmp_path / locked).mkdir()
    fault = f"images.store: the folder {tmp_path}/{store} cannot be used: {DENIED}"

    with closed(tmp_path / locked, mode):
        lines = await said(tmp_path, {"images": {"store": f"file:./{store}"}}, name)

    assert [line.strip() for line in lines if "images.store" in line] == [fault]
    assert len(lines) == 1 or name == "doctor"


@pytest.mark.parametrize("name", ["serve", pytest.param("doctor", marks=pytest.mark.slow)])
async def test_a_root_that_is_read_only(tmp_path: Path, name: str) -> None:
    """As containers have it, with a volume that somebody forgot."""
    with read_only_disk(tmp_path / "data"):
        lines = await said(tmp_path, {"images": {"store": "file:./data/images"}}, name)

    fault = f"images.store: the folder {tmp_path}/data/images cannot be used: Read-only file system"
    assert fault in [line.strip() for line in lines]


async def test_doctor_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "gateway.yaml").write_text("images: {store: 'file:./data/images'}")

    status, output, _ = await command(tmp_path, "doctor", "--config", "gateway.yaml", before=be_bound)

    assert status == 0
    assert "image store (file): ok" in output
    assert not (tmp_path / "data").exists()


async def test_a_reload_keeps_what_it_cannot_read_anew(tmp_path: Path, client: ClientSession) -> None:
    async with serving(tmp_path, TOKENS, before=be_bound) as child:
        with closed(tmp_path / "secrets/token"):
            child.signal(signal.SIGHUP)
            await logged(child, lambda line: "configuration not reloaded" in line)

            (line,) = [line for line in child.log() if "not reloaded" in line]
            assert f"auth.tokens[0].token_file: secrets/token cannot be read: {DENIED}" in line
            token = {"Authorization": "Bearer a-token-of-forty-characters-and-some-more"}
            async with client.post(child.address + GENERATIONS, json={"prompt": "a"}, headers=token) as answer:
                assert answer.status == 200


async def test_a_folder_that_is_locked_while_it_serves_comes_back(tmp_path: Path, client: ClientSession) -> None:
    async with serving(tmp_path, {}, before=be_bound) as child:
        (tmp_path / "images/tmp").chmod(0o555)
        async with client.post(child.address + GENERATIONS, json={"prompt": "a"}) as answer:
            assert (answer.status, (await answer.json())["error"]["message"]) == (503, "The image store is unavailable")
        await logged(child, lambda line: "the image store is down" in line)  # a look has found it so, and goes on
        assert any("image store failed" in line and DENIED in line for line in child.log())

        (tmp_path / "images/tmp").chmod(0o755)
        await logged(child, lambda line: "the image store is back" in line)
        async with client.post(child.address + GENERATIONS, json={"prompt": "a"}) as answer:
            assert answer.status == 200


async def logged(child: Child, wanted: Callable[[str], bool]) -> None:
    async with asyncio.timeout(20):
        while not any(wanted(line) for line in child.log()):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.05)
