"""How each server is asked for the same thing: by its path, by the model, or by a header."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

TOKEN = "benchmark-token"  # noqa: S105 - of servers that live for minutes on loopback
GENERATIONS, EDITS = "/v1/images/generations", "/v1/images/edits"


@dataclass(frozen=True, slots=True)
class Contender:
    """One server and the request that is sent to it."""

    server: str
    """`direct`, a floor's kind, `nginx`, `gateway`, or a rival."""
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Asking:
    """The requests of one run, whose mock listens at `upstream`."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream

    def generation(self, server: str, kind: str, **fields: str) -> Contender:
        """`kind`: size and delay of what the mock answers; `fields`: more of the body, for the gateway alone."""
        path, model, headers = self._address(server, kind, GENERATIONS)
        body = {"model": model, "prompt": "a cat", **(fields if server == "gateway" else {})}
        return Contender(
            server, "POST", path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
        )

    def edit(self, server: str, picture: bytes) -> Contender:
        """An upload that is answered with a tiny picture."""
        path, model, headers = self._address(server, "tiny", EDITS)
        boundary = "measured"
        texts = {"prompt": "make it brighter", "model": model, "response_format": "b64_json"}
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in texts.items()
        )
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n'.encode()
        body += b"Content-Type: image/png\r\n\r\n" + picture + f"\r\n--{boundary}--\r\n".encode()
        return Contender(
            server, "POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}", **headers}
        )

    def _address(self, server: str, kind: str, path: str) -> tuple[str, str, dict[str, str]]:
        """Path, model and headers: ours and LiteLLM choose by the model, Portkey by a header, others by the path."""
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        if server in {"gateway", "litellm"}:
            return path, kind, bearer
        if server == "portkey":
            host = f"{self._upstream}/{kind}/v1"
            return path, "gpt-image-1", {**bearer, "x-portkey-provider": "openai", "x-portkey-custom-host": host}
        return f"/{kind}{path}", "m", {}


def get(server: str, path: str) -> Contender:
    return Contender(server, "GET", path, headers={"Authorization": f"Bearer {TOKEN}"} if server == "gateway" else {})
