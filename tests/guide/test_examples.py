"""Every `curl`, command, Python and JavaScript example of the guide, run against a live gateway as it stands there.

What is not to be run stands in blocks of another kind: `console`, `text`, `html`.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest
from support.gateway import StartGateway
from support.node import node
from support.picture_site import open_site
from support.programs import PATH, program
from support.samples import plain, white_mask

from gateway.guide.pages import guide

ADDRESS = "http://127.0.0.1:8080"
PICTURE = "https://example.com/photo.png"
SIZE = (96, 64)
PATIENCE = 30
MODELS = {
    "nano-banana": {"operations": ["generate", "edit"], "upstreams": ["local"], "aliases": ["gpt-image-1", "dall-e-3"]},
    "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": ["local"]},
}
"""With the names that some clients insist on, as the page about them says."""
RUN = re.compile(r"^\s*(curl|nano-banana-gateway (generate|edit|upscale)) ", re.MULTILINE)


class Example(NamedTuple):
    page: str
    number: int
    language: str
    text: str


def examples() -> Iterator[Example]:
    for page in guide().pages.values():
        for number, part in enumerate(page.text.split("\n```")[1::2]):
            language, _, text = part.partition("\n")
            if language in {"python", "js"} or (language == "sh" and re.search(RUN, text)):
                yield Example(page.name, number, language, text)


@pytest.fixture
async def place(tmp_path: Path, start: StartGateway) -> AsyncIterator[dict[str, str]]:
    """A folder with the files that examples name; gives what their addresses are replaced by."""
    (tmp_path / "photo.jpg").write_bytes(plain(SIZE, "teal", "JPEG"))
    (tmp_path / "logo.png").write_bytes(plain((16, 16), "gold"))
    (tmp_path / "mask.png").write_bytes(white_mask(SIZE, (0, 0, 48, 32)))
    (tmp_path / ".curlrc").write_text("fail\nsilent\nshow-error\n")
    program("curl")
    gateway = await start({"inputs": {"allow_private_networks": True}, "models": MODELS})
    async with open_site() as site:
        picture = site.show("/photo.png", plain(SIZE))
        yield {ADDRESS: gateway.address, PICTURE: picture, quote(PICTURE, safe=""): quote(picture, safe="")}


def test_there_are_examples() -> None:
    found = [example.language for example in examples()]

    assert found.count("sh") > 15
    assert found.count("python") > 4
    assert found.count("js") > 3


@pytest.mark.parametrize("example", list(examples()), ids=lambda example: f"{example.page}-{example.number}")
async def test_the_example_works(example: Example, place: dict[str, str], tmp_path: Path) -> None:
    text = example.text
    for written, real in place.items():
        text = text.replace(written, real)
    status, said = await run(command(example.language, text, tmp_path), tmp_path, place[ADDRESS])

    assert status == 0, said
    assert said or "--output" in text or "open(" in text, "an example shows something"


def command(language: str, text: str, folder: Path) -> list[str]:
    if language == "js":
        (folder / "example.mjs").write_text(text)
        return [node(folder), "example.mjs"]
    return ["/bin/sh", "-ec", text] if language == "sh" else [sys.executable, "-c", text]


async def run(command: list[str], folder: Path, gateway: str) -> tuple[int, str]:
    """The exit status and all that was said."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "PATH": PATH, "NANO_BANANA_GATEWAY": gateway},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(PATIENCE):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
