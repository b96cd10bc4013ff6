"""What the gateway says when it begins: where everything is, whether it is open, and which upstreams are up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from gateway.config import Config
from gateway.upstreams.base import Upstream, UpstreamError

PATIENCE = 10
"""Seconds that an upstream may take to show that it is up. The gateway serves meanwhile."""


def hello(address: str, config: Config, path: Path | None) -> Iterator[str]:
    """Lines that are known at once."""
    yield f"Nano Banana Gateway at {address} ({_door(config)})"
    yield f"  configuration: {path or 'built-in defaults'}"
    yield f"  studio: {address}/"
    yield f"  guide: {address}/docs, the API at {address}/docs/api"
    yield f"  metrics: {_metrics(address, config)}"
    yield f"  mcp: {_mcp(address)}"
    yield f"  try: {address}/v1/images/generations?prompt=A+golden+banana+at+sunset"
    if config.server.workers > 1:
        # What several workers are not to be asked about one another is said where they are started.
        names = ", ".join(f"{name} ({keys.driver})" for name, keys in config.upstreams.items())
        yield f"  upstreams: {names} (`nano-banana-gateway doctor` says whether they are up)"
        yield f"  workers: {config.server.workers}, each with its own upstream concurrency, queues, breakers and memory"


async def look(config: Config, upstreams: Mapping[str, Upstream], say: Callable[[str], object]) -> None:
    """Say of each upstream how it is, as soon as it has shown it."""
    await asyncio.gather(*(_look(name, config, upstream, say) for name, upstream in upstreams.items()))


async def _look(name: str, config: Config, upstream: Upstream, say: Callable[[str], object]) -> None:
    title = f"  upstream {name} ({config.upstreams[name].driver})"
    try:
        async with asyncio.timeout(PATIENCE):
            await upstream.probe()
    except TimeoutError:
        found = f"no answer within {PATIENCE} s"
    except UpstreamError as error:
        found = f"{error.outcome}{f' {error.status}' if error.status else ''}: {error.detail}"
    else:
        say(f"{title}: up")
        return
    say(f"{title}: NOT UP, {found} (`nano-banana-gateway doctor` says what to change)")


def _door(config: Config) -> str:
    return "open to all" if not config.auth.tokens else f"for {len(config.auth.tokens)} bearer token(s)"


def _mcp(address: str) -> str:
    return f"{address}/mcp" if find_spec("mcp") is not None else "off, install nano-banana-gateway[mcp]"


def _metrics(address: str, config: Config) -> str:
    if not config.metrics.enabled:
        return "off"
    base = address if config.metrics.port is None else f"{address.rpartition(':')[0]}:{config.metrics.port}"
    return f"{base}/metrics{'' if config.metrics.token is None else ' (with its own token)'}"
