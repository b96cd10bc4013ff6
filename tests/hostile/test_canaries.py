"""Secrets through every path that fails: none is in an answer, a line of the log, a metric or a command's output (U5).

python -m pytest tests/hostile/test_canaries.py -s
"""

from __future__ import annotations

import asyncio
import base64
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import pytest
import yaml
from aiohttp import ClientError, ClientSession, web
from support.backend import Answer, backend, hangs_up, says
from support.child import Child, serving
from support.gateway import Document
from support.images_api import EDITS, GENERATIONS, UPSCALE
from support.provider import closed_port
from support.raw_http import exchange
from support.samples import plain, text

from gateway.cli import main

Asked: TypeAlias = tuple[str, str, dict[str, Any]]
"""Method, path and options."""

CANARIES = {
    name: f"canary-{name}-5f1d9c3e7a2b48605f1d9c3e7a2b4860"
    for name in ("token", "upstream", "signing", "metrics", "redis", "bucket", "proxy")
}
"""What the gateway is trusted with, under the names of who should know it."""
CANARIES["picture"] = "canaryofapicture23"
NAMED = f"130708-24112025_abcdefgh{CANARIES['picture']}{'a' * 26}_generate.png"
"""The name of a picture is a secret too, but for its beginning."""


def spellings(secret: str) -> tuple[str, ...]:
    """As it is, and as something that carries it may write it."""
    raw = secret.encode()
    basic = [base64.b64encode(b"%s%s" % (before, raw)).decode()[4:28] for before in (b"", b"a", b"ab")]
    return (secret, quote(secret, safe=""), raw.hex(), *basic)


def document(address: str) -> Document:
    """With an upstream for each of the backends, so that no breaker keeps one from being asked."""
    key = {"driver": "openai", "api_key": CANARIES["upstream"], "model": "m", "timeout": 0.3}
    paid = {f"paid{number}": {**key, "base_url": f"{address}/{number}"} for number in range(len(BACKENDS))}
    models = {name: {"operations": ["generate", "edit"], "upstreams": [name]} for name in paid}
    return {
        "server": {"port": 0, "request_timeout": 3, "body_timeout": 1, "drain_timeout": 1, "drain_delay": 0},
        "log": {"level": "debug", "format": "json"},
        "auth": {"tokens": [{"name": "web", "token": CANARIES["token"]}]},
        "metrics": {"token": CANARIES["metrics"]},
        "cache": {"redis_url": f"redis://:{CANARIES['redis']}@127.0.0.1:{closed_port()}/0"},
        "images": {
            "signed": True,
            "signing_secrets": [CANARIES["signing"]],
            "store": "s3://pictures",
            "object_store": {
                "endpoint": f"http://127.0.0.1:{closed_port()}",
                "allow_http": True,
                "access_key": "id",
                "secret_key": CANARIES["bucket"],
                "timeout": 0.1,
                "retries": 0,
            },
        },
        "upstreams": {**paid, "local": {"driver": "local"}},
        "models": {**models, "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": ["local"]}},
        "defaults": {"generate": "paid0", "edit": "paid0"},
    }


async def echoes(request: web.Request) -> web.StreamResponse:
    """A backend that tells everybody the key that it was asked with."""
    key = request.headers.get("Authorization", "")
    error = {"message": f"the key {key} is not good", "code": key, "type": key, "param": key}
    headers = {"X-Key": key, "Retry-After": key, "WWW-Authenticate": key}
    return web.json_response(
        {"error": error, "key": key}, status=int(request.headers.get("X-Never", 401)), headers=headers
    )


async def echoes_in_html(request: web.Request) -> web.StreamResponse:
    key = request.headers.get("Authorization", "")
    return web.Response(status=500, reason=key, text=f"<pre>Traceback: {key}</pre>", content_type="text/html")


async def echoes_as_success(request: web.Request) -> web.StreamResponse:
    key = request.headers.get("Authorization", "")
    return web.json_response({"created": 1, "data": [{"url": f"http://127.0.0.1:1/{key}?key={key}"}], "key": key})


async def redirects(request: web.Request) -> web.StreamResponse:
    return web.Response(status=307, headers={"Location": f"http://127.0.0.1:1/{request.headers.get('Authorization')}"})


async def never_answers(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


BACKENDS: Mapping[str, Answer] = {
    "echoes": echoes,
    "echoes in HTML": echoes_in_html,
    "echoes as success": echoes_as_success,
    "redirects": redirects,
    "hangs up": hangs_up,
    "never answers": never_answers,
    "refuses": says(429, json={}),
    "is lost": says(502, body=b""),
    "talks nonsense": says(200, body=b"\xff\xfe"),
    "gives no picture": says(200, json={"data": []}),
    "gives a damaged picture": says(200, json={"data": [{"b64_json": "iVBORw0KGgo="}]}),
    "gives a good one": says(200, json={"data": [{"b64_json": text(plain((64, 64)))}]}),
}


async def each_of_them(request: web.Request) -> web.StreamResponse:
    """The first part of the path says which."""
    return await list(BACKENDS.values())[int(request.path.split("/")[1])](request)


TOKEN = {"Authorization": f"Bearer {CANARIES['token']}"}
PICTURE = text(plain((8, 8)))


def asked_of_backends() -> list[Asked]:
    """With the right token, for a picture that is hosted, one that is not, and an edit."""
    orders: list[Asked] = []
    for number in range(len(BACKENDS)):
        fields = {"prompt": "a", "model": f"paid{number}"}
        keyed = {**TOKEN, "Idempotency-Key": f"k{number}"}
        edit = {**fields, "image": PICTURE, "mask": PICTURE, "response_format": "b64_json"}
        orders += [
            ("POST", GENERATIONS, {"json": fields, "headers": TOKEN}),
            ("POST", GENERATIONS, {"json": {**fields, "response_format": "b64_json"}, "headers": keyed}),
            ("POST", EDITS, {"json": edit, "headers": TOKEN}),
        ]
    return orders


def asked() -> list[Asked]:
    """Requests that fail in the gateway, most of them with the right token."""
    wrong = {"Authorization": f"Bearer {CANARIES['token']}x"}
    return [
        *asked_of_backends(),
        ("POST", GENERATIONS, {"json": {"prompt": "a"}, "headers": wrong}),
        ("POST", GENERATIONS, {"json": {"prompt": "a", "n": "x"}, "headers": TOKEN}),
        ("POST", GENERATIONS, {"json": {"prompt": "a"}, "headers": {**TOKEN, "api-key": "another"}}),
        ("GET", f"{GENERATIONS}?prompt=a&api-key={CANARIES['token']}&token={CANARIES['metrics']}", {"headers": TOKEN}),
        ("POST", EDITS, {"json": {"prompt": "a", "image": "http://127.0.0.1:1/a"}, "headers": TOKEN}),
        ("POST", EDITS, {"data": b"{", "headers": {**TOKEN, "Content-Type": "application/json"}}),
        ("POST", UPSCALE, {"json": {"image": PICTURE}, "headers": TOKEN}),
        ("POST", UPSCALE, {"json": {"image": PICTURE, "response_format": "b64_json"}, "headers": TOKEN}),
        ("GET", "/v1/models/none", {"headers": TOKEN}),
        ("DELETE", "/v1/models", {"headers": TOKEN}),
        ("GET", "/nowhere", {"headers": TOKEN}),
        ("GET", f"/images/a.png?expires=1&signature={'a' * 43}", {}),
        ("GET", f"/images/{NAMED}?expires=9999999999&signature={'a' * 43}", {}),
        ("GET", f"/images/{NAMED}", {}),
        ("DELETE", f"/images/{NAMED}", {}),
        ("GET", f"/v1/images/{NAMED}", {"headers": TOKEN}),
        ("POST", "/mcp", {"json": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, "headers": TOKEN}),
        ("GET", "/metrics", {"headers": TOKEN}),
        ("GET", "/openapi.json", {}),
        ("GET", "/docs/configuration", {}),
        ("GET", "/", {}),
        ("GET", "/readyz", {}),
    ]


MALFORMED = (
    b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nA\x00: b\r\n\r\n",
    b"GET /v1/models?%s HTTP/9\r\n\r\n",
    b"POST /v1/images/edits HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nTransfer-Encoding: x\r\n\r\n",
    b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nExpect: %s\r\napi-key: %s\r\nConnection: close\r\n\r\n",
)


async def everything(client: ClientSession, child: Child) -> AsyncIterator[str]:
    """Whatever the gateway answers: its status lines, headers and bodies."""
    for method, path, options in asked():
        try:
            async with client.request(method, child.address + path, **options) as response:
                body = (await response.read()).decode("latin-1")
                yield f"{response.status} {response.reason} {dict(response.headers)} {body}"
        except ClientError as error:
            yield repr(error)
    for line in MALFORMED:
        sent = line.replace(b"%s", CANARIES["token"].encode())
        answer = await exchange(child.address, sent)
        yield f"{answer.reason} {dict(answer.headers)} {answer.body.decode('latin-1')}"
    headers = {"Authorization": f"Bearer {CANARIES['metrics']}"}
    async with client.get(f"{child.address}/metrics", headers=headers) as response:
        assert response.status == 200
        yield await response.text()


def told(words: str) -> list[str]:
    """The names of the secrets that stand in it."""
    return [name for name, secret in CANARIES.items() if any(spelling in words for spelling in spellings(secret))]


async def test_no_secret_is_told_whatever_fails(
    tmp_path: Path, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{CANARIES['proxy']}@127.0.0.1:1")
    async with backend(each_of_them) as failing, serving(tmp_path, document(failing.address)) as child:
        answers = [one async for one in everything(client, child)]
        (tmp_path / "gateway.yaml").write_text(f"auth: {{tokens: [{{name: web, token: {CANARIES['token']}, x: 1}}]}}")
        child.signal(signal.SIGHUP)  # a faulty file is told, and nothing of it
        while not any("configuration" in line for line in child.log()):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.05)
        child.signal(signal.SIGTERM)
        assert await child.exit_status() == 0
        log = child.log()

    sys.stdout.write(
        f"\n  {len(CANARIES)} secrets, {len(BACKENDS)} backends: {len(answers)} answers,"
        f" {len(log)} lines of log, {len(told(' '.join([*answers, *log])))} secrets told\n"
    )
    assert {path.split("/")[1] for path in failing.asked} == {str(number) for number in range(len(BACKENDS))}
    assert [(told(one), one[:300]) for one in answers if told(one)] == []
    assert [(told(line), line[:300]) for line in [*log, child.first_line] if told(line)] == []


WRONG: tuple[dict[str, Any], ...] = ({}, {"cors": {"origins": [1]}}, {"auth": CANARIES["token"]})
"""What may stand beside the secrets in a file."""


@pytest.mark.parametrize("name", ["check", "doctor", "openapi", "verify"])
def test_no_command_tells_one(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    for wrong in WRONG:
        file = tmp_path / "gateway.yaml"
        file.write_text(yaml.safe_dump({**document(f"http://127.0.0.1:{closed_port()}"), **wrong}))
        with suppress(SystemExit):
            main([name, "--config", str(file)])
        output, errors = capsys.readouterr()
        assert output or errors
        assert told(output + errors) == []
