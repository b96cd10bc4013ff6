"""Requests that real clients were seen to send, sent again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.samples import plain

CLIENTS = Path(__file__).parents[1] / "acceptance" / "clients"
BOUNDARY = "replayed-boundary"
_OURS = {"host", "content-length", "transfer-encoding", "connection"}


@dataclass(frozen=True, slots=True)
class Captured:
    """One request of one client; `name` tells which."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, Any]
    body: bytes | None
    chunked: bool


def captured() -> Iterator[Captured]:
    for file in sorted(CLIENTS.glob("*.json")):
        for number, request in enumerate(json.loads(file.read_text())["requests"]):
            yield _captured(f"{file.stem}-{number}", request)


def _captured(name: str, request: Mapping[str, Any]) -> Captured:
    sent = [(key, value.replace("<boundary>", BOUNDARY)) for key, value in request["headers"]]
    body = request["body"] or {}
    parts = body.get("multipart", [])
    return Captured(
        name=name,
        method=request["method"],
        path=request["path"],
        headers={key: value for key, value in sent if key.lower() not in _OURS},
        fields=body.get("json") or {part["name"]: part["value"] for part in parts if "value" in part},
        body=json.dumps(body["json"]).encode() if "json" in body else _multipart(parts) if parts else None,
        chunked=any(key.lower() == "transfer-encoding" for key, _ in sent),
    )


def _multipart(parts: list[Mapping[str, Any]]) -> bytes:
    """The parts as they were written; where a picture was, one of ours."""
    lines = b""
    for part in parts:
        head = "".join(f"{name}: {value}\r\n" for name, value in part["headers"].items())
        data = part["value"].encode() if "value" in part else plain((24, 24))
        lines += b"--%s\r\n%s\r\n%s\r\n" % (BOUNDARY.encode(), head.encode(), data)
    return lines + b"--%s--\r\n" % BOUNDARY.encode()
