"""Google's image APIs on loopback, as Google's pages describe them: generateContent, predict, models, tokens."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from PIL import Image

from gateway.clock import SystemClock
from gateway.images import Picture
from gateway.imaging.limits import PictureLimits
from gateway.imaging.reading import read_picture
from gateway.imaging.workers import Workers
from gateway.inputs.fetch import FetchRules, GuardedFetch
from gateway.upstreams.tools import Tools

API_KEY = "AIza-canary-key-0123456789"
TOKEN = "ya29.canary-token-0123456789"
CAPTURES = Path(__file__).parents[1] / "upstreams" / "captures"
TOKEN_PATH = "/token"
LARGEST_OUTPUT = 17_000_000
RATIOS = frozenset(["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"])

_PATH = re.compile(
    r"/(?P<version>v[0-9a-z]+)"
    r"(?:/projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+))?"
    r"(?P<vertex>/publishers/google)?"
    r"/models/(?P<model>[^/:]+)(?::(?P<method>[A-Za-z]+))?"
)


def drawn(width: int = 32, height: int = 32, format: str = "PNG", **options: Any) -> bytes:  # noqa: A002 - Pillow's word
    file = io.BytesIO()
    Image.new("RGB", (width, height), "gold").save(file, format, **options)
    return file.getvalue()


def picture(width: int = 32, height: int = 32, format: str = "PNG", **options: Any) -> Picture:  # noqa: A002 - Pillow's word
    return read_picture(drawn(width, height, format, **options), PictureLimits())


@asynccontextmanager
async def lent_tools() -> AsyncIterator[Tools]:
    """What the gateway lends to a driver."""
    workers, fetch = Workers(threads=1), GuardedFetch(FetchRules())
    try:
        yield Tools(workers, fetch, PictureLimits(), 64_000_000, SystemClock())
    finally:
        workers.close()
        await fetch.close()


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    """With the query."""
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Scripted:
    """An answer that is given instead of the fake's own."""

    status: int = 200
    body: object = b""
    """Bytes go out as they are, anything else as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    end: Literal["whole", "cut", "stalled", "endless"] = "whole"


def error(status: int, name: str, message: str = "", *details: Mapping[str, object]) -> Scripted:
    return Scripted(status, {"error": {"code": status, "message": message, "status": name, "details": list(details)}})


def content(*parts: Mapping[str, object], finish: str = "STOP") -> Scripted:
    """An answer of generateContent with one candidate."""
    candidate = {"index": 0, "finishReason": finish, "content": {"role": "model", "parts": list(parts)}}
    return Scripted(body={"candidates": [candidate], "usageMetadata": {"totalTokenCount": 9}, "responseId": "r"})


def inline(data: bytes, mime: str = "image/png") -> dict[str, object]:
    return {"inlineData": {"mimeType": mime, "data": base64.b64encode(data).decode()}, "thoughtSignature": "c2ln"}


class _Malformed(Exception):
    """What Google would answer with INVALID_ARGUMENT."""


class FakeGoogle:
    """Answers like the real ones, unless an answer was scripted; keeps what it received."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.script: deque[Scripted] = deque()
        self.tokens = {TOKEN}
        self.api_keys = {API_KEY}
        self.gone: set[str] = set()
        """Models that were shut down."""
        self.address = ""
        self.abandoned = asyncio.Event()
        """Set when a client hung up before its answer was whole."""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[FakeGoogle]:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        sent = await _read(request)
        self.received.append(Received(request.method, request.path_qs, request.headers.copy(), sent))
        answer = self.script.popleft() if self.script else self._answer(request, sent)
        try:
            return await _send(request, answer)
        except (asyncio.CancelledError, ConnectionError):
            self.abandoned.set()
            raise

    def _answer(self, request: web.Request, body: Any) -> Scripted:
        if request.path == TOKEN_PATH:
            return Scripted(body={"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})
        match = _PATH.fullmatch(request.path)
        if match is None or match["model"] in self.gone:
            return error(404, "NOT_FOUND", "models/x is not found for API version v1beta")
        if not self._admits(request.headers):
            return _unauthenticated(vertex=match["vertex"] is not None)
        if request.method == "GET":
            return Scripted(body={"name": f"models/{match['model']}"})
        try:
            if match["method"] == "predict":
                return _predict(body)
            return _generate_content(body, vertex=match["vertex"] is not None)
        except (_Malformed, KeyError, TypeError, ValueError) as fault:
            return error(400, "INVALID_ARGUMENT", f"Invalid JSON payload received: {fault}")

    def _admits(self, headers: Mapping[str, str]) -> bool:
        key, bearer = headers.get("x-goog-api-key"), headers.get("Authorization", "")
        return key in self.api_keys or bearer.removeprefix("Bearer ") in self.tokens


async def _read(request: web.Request) -> Any:
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    return json.loads(await request.read() or b"null")


async def _send(request: web.Request, answer: Scripted) -> web.StreamResponse:
    raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    kind = {} if isinstance(answer.body, bytes) else {"Content-Type": "application/json; charset=UTF-8"}
    response = web.StreamResponse(status=answer.status, headers={**kind, **answer.headers})
    response.content_length = {"whole": len(raw), "endless": 2**40}.get(answer.end, len(raw) + 1000)
    await response.prepare(request)
    await response.write(raw)
    await _end(request, response, answer)
    return response


async def _end(request: web.Request, response: web.StreamResponse, answer: Scripted) -> None:
    if answer.end == "cut" and request.transport is not None:
        request.transport.close()
    if answer.end == "stalled":
        await asyncio.Event().wait()
    while answer.end == "endless":
        await response.write(bytes(2**16))


def _unauthenticated(*, vertex: bool) -> Scripted:
    if vertex:
        return error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
    reason = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    return error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", reason)


def _generate_content(body: Any, *, vertex: bool) -> Scripted:
    config = body.get("generationConfig", {})
    image = config.get("imageConfig", {})
    [turn] = body["contents"]
    _require(not vertex or turn.get("role") == "user", "role is mandatory")
    _require(config.get("candidateCount", 1) == 1, "Multiple candidates is not enabled for this model")
    _require(image.get("aspectRatio", "1:1") in RATIOS, "aspectRatio")
    _require(vertex or "imageOutputOptions" not in image, 'Unknown name "imageOutputOptions"')
    for part in turn["parts"]:
        _check_part(part)
    encoding = image.get("imageOutputOptions", {}).get("mimeType", "image/png")
    width, height = (int(side) * 16 for side in image.get("aspectRatio", "1:1").split(":"))
    chatter = [{"text": "Here is the image"}] if "TEXT" in config["responseModalities"] else []
    return content(*chatter, inline(drawn(width, height, encoding.removeprefix("image/")), encoding))


def _check_part(part: Mapping[str, Any]) -> None:
    """The API takes camelCase and snake_case, even mixed."""
    if "text" in part:
        return
    inside = part.get("inlineData") or part["inline_data"]
    mime = inside.get("mimeType") or inside["mime_type"]
    _check_picture(inside["data"], mime)


def _check_picture(text: str, mime: str) -> Image.Image:
    """Base64 of either alphabet, as protobuf reads it; Google's own client sends the one for URLs."""
    standard = text.translate(str.maketrans("-_", "+/"))
    image = Image.open(io.BytesIO(base64.b64decode(standard, validate=True)))
    _require(f"image/{(image.format or '').lower()}" == mime, f"the picture is no {mime}")
    return image


def _predict(body: Any) -> Scripted:
    parameters, [instance] = body["parameters"], body["instances"]
    mime = parameters.get("outputOptions", {}).get("mimeType", "image/png")
    _require(mime in {"image/png", "image/jpeg"}, "outputOptions.mimeType")
    _require(1 <= parameters["sampleCount"] <= 4, "sampleCount")
    if parameters.get("mode") == "upscale":
        size = _upscaled_size(instance, parameters)
    elif "referenceImages" in instance:
        size = _edited_size(instance, parameters)
    else:
        width, height = parameters.get("aspectRatio", "1:1").split(":")
        size = int(width) * 16, int(height) * 16
    data = base64.b64encode(drawn(*size, mime.removeprefix("image/"))).decode()
    prediction = {"mimeType": mime, "bytesBase64Encoded": data}
    return Scripted(body={"predictions": [prediction] * parameters["sampleCount"], "deployedModelId": "1"})


def _upscaled_size(instance: Mapping[str, Any], parameters: Mapping[str, Any]) -> tuple[int, int]:
    image = _check_picture(instance["image"]["bytesBase64Encoded"], instance["image"]["mimeType"])
    times = {"x2": 2, "x4": 4}[parameters["upscaleConfig"]["upscaleFactor"]]
    _require(image.width * image.height * times**2 <= LARGEST_OUTPUT, "the output would be too large")
    return image.width * times, image.height * times


def _edited_size(instance: Mapping[str, Any], parameters: Mapping[str, Any]) -> tuple[int, int]:
    raw, *masks = instance["referenceImages"]
    _require(raw["referenceType"] == "REFERENCE_TYPE_RAW", "the first reference is the picture")
    image = _check_picture(**_reference(raw))
    for reference in masks:
        mask = _check_picture(**_reference(reference))
        _require(mask.size == image.size, "the mask has another size")
        _require(mask.mode == "L", "the mask has more than one channel")
    _require(masks != [] or parameters["editMode"] == "EDIT_MODE_DEFAULT", "this mode needs a mask")
    return image.size


def _reference(reference: Mapping[str, Any]) -> dict[str, str]:
    image = reference["referenceImage"]
    return {"text": image["bytesBase64Encoded"], "mime": image["mimeType"]}


def _require(truth: bool, otherwise: str) -> None:  # noqa: FBT001 - reads like an assertion
    if not truth:
        raise _Malformed(otherwise)


def captured(name: str) -> tuple[str, Any]:
    """Path and body of a request that Google's own client sent."""
    capture = json.loads((CAPTURES / f"{name}.json").read_text())
    return capture["path"], comparable(capture["body"])


def comparable(value: Any) -> Any:
    """Without pictures, and in camelCase, which the API takes as the same."""
    match value:
        case dict():
            return {_camel(name): "<picture>" if name in _BYTES else comparable(item) for name, item in value.items()}
        case list():
            return [comparable(item) for item in value]
        case _:
            return value


_BYTES = frozenset({"data", "bytesBase64Encoded"})


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


@cache
def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return text.decode()


def service_account(token_uri: str) -> str:
    """The key file of a service account that exists nowhere."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "my-proj",
            "private_key_id": "0" * 40,
            "private_key": _private_key(),
            "client_email": "gateway@my-proj.iam.gserviceaccount.com",
            "token_uri": token_uri,
        }
    )
