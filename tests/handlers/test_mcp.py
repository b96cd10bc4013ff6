"""/mcp before the protocol begins: installed or not, how much a message may hold, and how it ends."""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys

import pytest
from support.gateway import Gateway

from gateway.handlers.mcp import LARGEST_MESSAGE

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
TAKES = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


async def test_without_the_extra_it_says_what_to_install(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr("gateway.handlers.mcp.find_spec", lambda name: None if name == "mcp" else found(name))

    status, body = await gateway.post("/mcp", json=PING)

    assert status == 404
    assert "pip install 'nano-banana-gateway[mcp]'" in body["error"]["message"]


async def test_a_message_too_large_is_refused(gateway: Gateway) -> None:
    status, body = await gateway.post("/mcp", data=io.BytesIO(b" " * (LARGEST_MESSAGE + 1)))

    assert (status, body["error"]["type"]) == (413, "invalid_request_error")


async def test_a_large_message_is_taken(gateway: Gateway) -> None:
    padded = {**PING, "params": {"_meta": {"padding": "x" * (LARGEST_MESSAGE - 1000)}}}

    status, body = await gateway.post("/mcp", data=io.BytesIO(json.dumps(padded).encode()), headers=TAKES)

    assert (status, body["result"]) == (200, {})


async def test_what_is_no_message_is_refused_in_the_protocols_own_form(gateway: Gateway) -> None:
    status, body = await gateway.post("/mcp", data=b"{", headers=TAKES)

    assert (status, body["jsonrpc"], body["error"]["code"]) == (400, "2.0", -32700)


def test_nothing_is_loaded_before_somebody_asks() -> None:
    loaded = "import sys, gateway.server; print('mcp' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)  # noqa: S603 - our own text

    assert told.stdout.strip() == "False"
