"""Names that are none of ours open nothing, and the names of uploads go nowhere (H1, R3).

python -m pytest tests/hostile/test_paths.py
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from support.errors import error_in
from support.gateway import StartGateway
from support.images_api import UPSCALE
from support.raw_http import exchange
from support.samples import plain

from gateway.hosting.stores.tree import Tree
from gateway.logs import TextFormatter

TOKEN = "a" * 52
NAME = f"130708-24112025_{TOKEN}_generate.png"
PATHS = (
    "..", "../..", "..%2f..%2fetc%2fpasswd", "%2e%2e%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "..%5c..%5cwin.ini",
    "....//",
    "%252e%252e%252f", "..%c0%af", "%c0%ae%c0%ae/", "..;/", ".%00./", "%00", f"{NAME}%00.png", f"{NAME}%0a",
    f"%20{NAME}",
    f"{NAME}%20", f"{NAME}/", f"{NAME}%2f", f"./{NAME}", f"%2e/{NAME}", f"x/../{NAME}", f"x%2f..%2f{NAME}",
    f"20251124/1307/{NAME}",
    f"20251124%2f1307%2f{NAME}", f"%2f{NAME}", "%2fetc%2fpasswd", f"file:{NAME}", f"{NAME}::$DATA", f"{NAME}.",
    NAME.upper(),
    NAME.replace("generate", "GENERATE"), NAME.replace(".png", ".PNG"), NAME.replace(".png", ".html"),
    NAME.replace(".png", ".gif"),
    NAME.replace(".png", ""), NAME.replace("_generate", ""), NAME.replace("24112025", "31022025"),
    NAME.replace("130708", "250000"),
    NAME.replace("a_", "1_"), NAME.replace("a_", "é_"), NAME.replace("2025", "٢٠٢٥"), NAME.replace("aa_", "a_"),
    "a" * 5000 + ".png",
    "CON", "con.png", "NUL.png", "aux", "COM1.png", "LPT1", "PRN.jpg", ".", ".htaccess", ".lock", "record",
    "scratch", "~root", "-rf",
    "$(id)", "`id`", "|id", "*", "*.png", "?", "[a-z].png", "%ff%fe.png", "\\..\\..\\a", "C:%5cwindows",
    "%5c%5chost%5cshare", "a b",
)  # fmt: skip

FILE_NAMES = (
    "../../canary.png",
    "canary\x01.png",
    "canary" * 800,
    "/etc/canary",
    'canary"; name="prompt',
    "canary.html",
    "canary\r\nX-Canary: 1",
)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_nothing_is_opened_for_what_is_no_name_of_ours(
    start: StartGateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, method: str
) -> None:
    opened: list[object] = []
    monkeypatch.setattr(Tree, "open", lambda _, name: opened.append(name))
    gateway = await start()
    real, root = os.open, tmp_path / "images"

    def watched(path: Any, *rest: Any, **options: Any) -> int:
        if path != root and "dir_fd" not in options:  # as the store looks at its root, in the background
            opened.append(path)
        return real(path, *rest, **options)

    monkeypatch.setattr(os, "open", watched)
    monkeypatch.setattr("builtins.open", watched)

    for path in PATHS:
        line = f"{method} /images/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        answer = await exchange(gateway.address, line.encode())
        assert answer.status in {400, 404, 405}, path
        if method == "GET":
            error_in(answer.json())
    monkeypatch.undo()

    assert opened == []


async def test_a_file_name_is_in_no_answer_log_or_folder(
    start: StartGateway, client: ClientSession, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway = await start()
    for name in FILE_NAMES:
        part = f'--x\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n\r\n'
        body = part.encode() + plain((8, 8)) + b"\r\n--x--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        async with client.post(gateway.address + UPSCALE, data=body, headers=headers) as response:
            answer = await response.text()
            assert "canary" not in f"{response.reason} {dict(response.headers)} {answer}"
        if response.status == 200:
            async with client.get(json.loads(answer)["data"][0]["url"]) as hosted:
                assert b"canary" not in await hosted.read()
                assert "canary" not in str(dict(hosted.headers))

    assert "canary" not in "".join(TextFormatter().format(record) for record in caplog.records)
    assert [name for _, _, names in os.walk(tmp_path) for name in names if "canary" in name] == []
