"""`doctor`: ask each backend what can be asked for nothing, and say in plain words what to change."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path

from aiohttp import ClientSession

from gateway.app import make_app
from gateway.backends import make_backends
from gateway.clock import SystemClock, system_random
from gateway.config import AuthConfig, Config
from gateway.config_file import ConfigError, load
from gateway.errors import Unavailable
from gateway.hosting.stores import make_store
from gateway.hosting.stores.bucket_faults import unanswered
from gateway.hosting.stores.folder import folder_fault
from gateway.images import Operation
from gateway.metrics import Metrics
from gateway.routes import IMAGE_PATHS
from gateway.server import listening
from gateway.shared_state import RedisState
from gateway.upstreams import DRIVER_SETTINGS
from gateway.upstreams.base import (
    Ambiguous,
    Capability,
    EmptyAnswer,
    NotSent,
    Refused,
    Rejected,
    Upstream,
    UpstreamError,
)
from gateway.upstreams.rehearsal import Rehearsal, rehearsal

PATIENCE = 15
"""Seconds that one backend may take to answer."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run",
        type=Path,
        metavar="REQUEST.json",
        help="show what a request (the API's fields as JSON) would send, and to whom, without sending it",
    )


def run(options: argparse.Namespace, path: Path | None) -> int:
    config = load(path, DRIVER_SETTINGS)
    if options.dry_run is not None:
        return _dry_run(config, options.dry_run)
    return asyncio.run(_examine_all(config))


async def _examine_all(config: Config) -> int:
    backends = make_backends(config, Metrics())
    async with AsyncExitStack() as stack:
        for part in backends.parts:
            await part.open()
            stack.push_async_callback(part.close)
        found = [await _examine(name, upstream, config) for name, upstream in backends.upstreams.items()]
    found += [await _examine_store(config), await _examine_redis(config)]
    return 0 if all(found) else 1


async def _examine_redis(config: Config) -> bool:
    url = config.cache.redis_url
    if url is None:
        return True
    metrics = Metrics()
    state = RedisState(url.get_secret_value(), metrics, SystemClock())
    try:
        await state.open()
        await state.close()
        up = metrics.registry.get_sample_value("gateway_shared_state_up", {"backend": "redis"})
        found = None if up else "cache.redis_url: nobody answers there; check it and the network between"
    except ConfigError as error:
        found = error.faults[0]
    _say(f"redis: {'ok' if found is None else f'NOT OK{chr(10)}  {found}'}")
    return found is None


async def _examine_store(config: Config) -> bool:
    if config.images.scheme == "file":
        found = await asyncio.to_thread(folder_fault, config.images.folder.absolute())
    else:
        found = await _ask_bucket(config)
    _say(f"image store ({config.images.scheme}): {'ok' if found is None else f'NOT OK{chr(10)}  {found}'}")
    return found is None


async def _ask_bucket(config: Config) -> str | None:
    make_store(config.images, SystemClock(), system_random, Metrics())  # says so where a package is missing
    from gateway.hosting.stores.bucket import make_bucket  # noqa: PLC0415 - obstore is an extra

    try:
        return await make_bucket(config.images).check()
    except Unavailable as error:
        return unanswered(error.__cause__)


async def _examine(name: str, upstream: Upstream, config: Config) -> bool:
    title = f"{name} ({config.upstreams[name].driver})"
    started = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            await upstream.probe()
    except TimeoutError:
        _say(f"{title}: NOT OK, no answer within {PATIENCE} s\n  {_ADVICE_UNREACHED.format(at=f'upstreams.{name}')}")
        return False
    except UpstreamError as error:
        status = f" {error.status}" if error.status else ""
        _say(f"{title}: NOT OK, {error.outcome}{status}: {error.detail}\n  {_advice(error, f'upstreams.{name}')}")
        return False
    _say(f"{title}: ok, answered in {(time.perf_counter() - started) * 1000:.0f} ms")
    for line in _abilities(upstream):
        _say(f"  {line}")
    return True


_ADVICE_UNREACHED = "It cannot be reached. Check {at}.base_url, the network between, and whether the backend runs."


def _advice(error: UpstreamError, at: str) -> str:
    match error:
        case NotSent():
            return _ADVICE_UNREACHED.format(at=at)
        case Rejected(status=HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN):
            return f"It does not take these credentials. Check the key under {at}, and what its account may use."
        case Rejected(status=HTTPStatus.NOT_FOUND):
            return f"It has no such model or route. Check {at}.model and {at}.base_url."
        case Rejected():
            return f"It is there, and does not take what is configured. Check {at} against the detail above."
        case Refused(status=HTTPStatus.TOO_MANY_REQUESTS):
            return "It is at its rate limit or out of quota. Wait, or look into its account."
        case Refused():
            return "It is there, and failing. Look into its own log."
        case Ambiguous():
            return "The connection broke while it answered. Look for a proxy between, and at its own log."
        case EmptyAnswer():
            return f"It answers something else than this driver's protocol. Check {at}.driver and {at}.base_url."
        case _:
            return "Look into its own log."


def _abilities(upstream: Upstream) -> Iterator[str]:
    for operation, capability in upstream.capabilities.operations.items():
        yield f"can {operation}: {', '.join(_details(operation, capability))}"
    if upstream.capabilities.extras:
        yield f"understands also: {', '.join(sorted(upstream.capabilities.extras))}"


def _details(operation: Operation, capability: Capability) -> Iterator[str]:
    if operation is Operation.UPSCALE:
        yield " and ".join(sorted(capability.factors))
    else:
        yield f"{capability.max_n} picture(s) a call"
    if operation is Operation.EDIT:
        yield f"{capability.max_images} input picture(s)"
        yield "needs a mask" if capability.needs_mask else "with mask" if capability.masks else "no mask"
    yield f"makes {', '.join(sorted(capability.output_formats))}"


def _dry_run(config: Config, file: Path) -> int:
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        _complain(f"{file}: cannot be read as JSON: {error}")
        return 1
    if not isinstance(fields, dict):
        _complain(f"{file}: must hold a JSON object with the fields of a request")
        return 1
    return asyncio.run(_rehearse(config, fields))


async def _rehearse(config: Config, fields: dict[str, object]) -> int:
    """Send the request through the whole gateway, whose connections to backends are rehearsed."""
    shown = Rehearsal()
    rehearsal.set(shown)
    app = make_app(config.model_copy(update={"auth": AuthConfig()}))  # on loopback, for this one request
    async with listening(app, "127.0.0.1", 0) as site, ClientSession() as client:
        url = site.address + IMAGE_PATHS[_operation(fields)]
        async with client.post(url, json={**fields, "response_format": "b64_json"}) as answer:
            text = await answer.text()
            upstream = answer.headers.get("X-Upstream")
    if shown.requests:
        first = shown.requests[0]
        _say(f"# {_name_of(first.url, config)}\n{first.method} {first.url}")
        for name, value in first.headers.items():
            _say(f"{name}: {value}")
        _say(f"\n{first.body}")
        return 0
    if upstream is not None:
        _say(f"{upstream}: made in this process, nothing is sent")
        return 0
    _complain(text)
    return 1


def _name_of(url: str, config: Config) -> str:
    return next(
        (name for name, keys in config.upstreams.items() if url.startswith(getattr(keys, "base_url", url + "/"))),
        "an upstream",
    )


def _operation(fields: dict[str, object]) -> Operation:
    if "image" not in fields:
        return Operation.GENERATE
    return Operation.EDIT if "prompt" in fields else Operation.UPSCALE


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _complain(line: str) -> None:
    sys.stderr.write(line + "\n")
