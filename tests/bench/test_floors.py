"""Bare servers keep pictures while they run, and leave no folder behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from aiohttp import ClientSession
from support.calls import in_this_thread, upstream_elsewhere

from bench.floors import make_app


def kept(folder: Path, which: str = "floor-*/*.png") -> list[Path]:
    return list(folder.glob(which))


async def test_what_is_kept_is_gone_with_the_server(
    tmp_path: Path, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with upstream_elsewhere() as upstream:
        async with in_this_thread(make_app("rehost", upstream)) as port:
            address = f"http://127.0.0.1:{port}/tiny/v1/images/generations"
            async with client.post(address, json={"prompt": "a"}) as response:
                assert response.status == 200, await response.text()
            assert kept(tmp_path)

    assert kept(tmp_path, "*") == []
