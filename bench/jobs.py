"""The table of what is measured: which request, to whom, how many at once, and what is compared with what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

TOKEN = "benchmark-token"  # noqa: S105 - of a gateway that lives for seconds on loopback


@dataclass(frozen=True, slots=True)
class Contender:
    """One server and the request that is sent to it."""

    server: str
    """`direct`, a floor's kind, `nginx`, or `gateway`."""
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    number: int
    title: str
    contenders: Mapping[str, Contender]
    """By name; the first is what the others are held against."""
    connections: int
    seconds: float = 2.0
    most: int = 10**9
    figure: str = "cpu"
    """`cpu`: milliseconds of the server's CPU a request. `p50`: milliseconds. `peak`: MB."""
    target: str = ""


def _post(server: str, kind: str, **fields: str) -> Contender:
    """A generation: floors and mock choose what is answered by the path, the gateway by the model."""
    if server != "gateway":
        body = json.dumps({"model": "m", "prompt": "a cat"}).encode()
        path = f"/{kind}/v1/images/generations"
        return Contender(server, "POST", path, body, {"Content-Type": "application/json"})
    body = json.dumps({"model": kind, "prompt": "a cat", **fields}).encode()
    return Contender(server, "POST", "/v1/images/generations", body, _ours("application/json"))


def _ours(content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type, "Authorization": f"Bearer {TOKEN}"}


def _upload(server: str, picture: bytes) -> Contender:
    boundary = "measured"
    texts = {"prompt": "make it brighter", "model": "tiny", "response_format": "b64_json"}
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in texts.items()
    )
    body += f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n'.encode()
    body += b"Content-Type: image/png\r\n\r\n" + picture + f"\r\n--{boundary}--\r\n".encode()
    path = "/v1/images/edits" if server == "gateway" else "/tiny/v1/images/edits"
    return Contender(server, "POST", path, body, _ours(f"multipart/form-data; boundary={boundary}"))


def _get(server: str, path: str) -> Contender:
    return Contender(server, "GET", path, headers=_ours("") if server == "gateway" else {})


def jobs(big_picture: bytes, hosted: Mapping[str, str], *, nginx: bool) -> list[Job]:
    """`hosted`: the path of a hosted picture of each kind; `nginx`: whether there is one to compare with."""
    b64 = {"response_format": "b64_json"}
    floor = {"floor": _post("proxy", "tiny"), "gateway": _post("gateway", "tiny", **b64)}
    big = {"floor": _post("proxy", "big"), "gateway": _post("gateway", "big", **b64)}
    stored = {"floor": _post("proxy", "big"), "rehost": _post("rehost", "big"), "gateway": _post("gateway", "big")}
    slow = {"floor": _post("proxy", "big-2s"), "gateway": _post("gateway", "big-2s")}
    waiting = {"floor": _post("proxy", "tiny-2s"), "gateway": _post("gateway", "tiny-2s", **b64)}
    edits = {"floor": _upload("proxy", big_picture), "form": _upload("form", big_picture)}
    edits["gateway"] = _upload("gateway", big_picture)
    b64_hit = _get("gateway", "/v1/images/generations?model=big&prompt=kept&response_format=b64_json")
    url_hit = _get("gateway", "/v1/images/generations?model=tiny&prompt=kept")
    one = {"direct": _post("direct", "tiny"), **floor}

    def file(kind: str) -> dict[str, Contender]:
        first = {"nginx": _get("nginx", f"/pictures/{kind}.png")} if nginx else {}
        return {**first, "memory": _get("memory", f"/pictures/{kind}"), "gateway": _get("gateway", hosted[kind])}

    return [
        Job(1, "small answer as b64_json", floor, 32, target="1.7 x floor"),
        Job(2, "the same, one at a time, p50", one, 1, figure="p50", target="added: 1.7 x the floor's"),
        Job(3, "1.5 MB as b64_json", big, 32, target="1.25 x floor"),
        Job(4, "1.5 MB hosted", stored, 32, target="1.8 x floor"),
        Job(5, "256 of 2 MB at once, 2 s each, hosted", slow, 256, 30, 256, "peak", "150 MB"),
        Job(6, "1000 of 2 MB at once, 2 s each, hosted", slow, 1000, 60, 1000, "peak", "350 MB"),
        Job(7, "1000 small at once, 2 s each", waiting, 1000, 30, 1000, "p50", "added: 1.5 x the floor's"),
        Job(8, "GET of a hosted 1.5 MB", file("big"), 32, target="1.4 x nginx"),
        Job(9, "GET of a hosted 1 KB", file("tiny"), 32, target="2 x memory"),
        Job(10, "cache hit, 1.5 MB b64_json", {"memory": _get("memory", "/answers/big"), "gateway": b64_hit}, 32),
        Job(10, "cache hit, url", {"memory": _get("memory", "/answers/tiny"), "gateway": url_hit}, 32, target="2 x"),
        Job(11, "edit with a 1.5 MB upload", edits, 32, target="2 x floor"),
    ]
