"""A disk that is full, for real: a clear 503, nothing half written, and all is well once there is room again (H3).

python -m pytest tests/hostile/test_full_disk.py -s
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from support.child import Child, serving
from support.errors import error_in
from support.images_api import UPSCALE
from support.samples import photograph, text
from support.small_disk import small_disk

from gateway.hosting.verification import verify

DISK = 4 * 2**20
LARGE = text(photograph((1200, 1000)))
"""Large enough to be spooled, and its enlargement larger than a tenth of the disk."""


@pytest.fixture
async def child(tmp_path: Path) -> AsyncIterator[Child]:
    """A gateway whose pictures lie on a small disk."""
    with small_disk(tmp_path / "images", DISK):
        async with serving(tmp_path, {}) as found:
            yield found


async def upscaled(client: ClientSession, child: Child, **fields: Any) -> tuple[int, Any, str | None]:
    """Status, body and whether the client should try again."""
    body = {"image": LARGE, "output_format": "jpeg", **fields}
    async with client.post(child.address + UPSCALE, json=body) as response:
        return response.status, json.loads(await response.read()), response.headers.get("x-should-retry")


async def test_a_full_store_is_a_clear_answer_and_no_end(child: Child, client: ClientSession, tmp_path: Path) -> None:
    made = []
    while (answer := await upscaled(client, child))[0] == 200:
        made.append(answer[1]["data"][0]["url"])
    status, body, again_at_once = answer
    inline = await upscaled(client, child, response_format="b64_json")
    served = [await whole(client, url) for url in made]
    files = sorted(path for path in (tmp_path / "images").rglob("*.jpg"))
    checked = verify(tmp_path / "images")
    for path in files:
        path.unlink()
    again = await upscaled(client, child)

    sys.stdout.write(f"\n  a disk of 4 MiB: {len(made)} pictures, then {status} {error_in(body)['message']!r}\n")
    assert made
    assert (status, error_in(body)["message"]) == (503, "The image store is full")
    assert again_at_once == "false"  # the work was done, and would be done again
    assert inline[0] == 200  # which needs no store
    assert served == [True] * len(made)
    assert len(files) == len(made)  # nothing half is left
    assert (checked.good, checked.damaged, checked.unfinished) == (len(made), (), 0)
    assert again[0] == 200
    assert not any("traceback" in line for line in child.log())


async def whole(client: ClientSession, url: str) -> bool:
    async with client.get(url) as response:
        data = await response.read()
        return response.status == 200 and data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")


async def test_no_room_for_an_upload_is_a_clear_answer_too(
    tmp_path: Path, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "spool", 2**20) as spool:
        monkeypatch.setenv("TMPDIR", str(spool))
        async with serving(tmp_path, {}) as child:
            (spool / "ballast").write_bytes(bytes(2**20 - 64 * 1024))
            full = await upscaled(client, child)
            (spool / "ballast").unlink()
            again = await upscaled(client, child)
            left = list(spool.iterdir())

    assert (full[0], error_in(full[1])["type"]) == (503, "api_error")
    assert "room" in str(error_in(full[1])["message"])
    assert again[0] == 200
    assert left == []
