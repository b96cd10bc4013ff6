"""What stands behind the models of one configuration: its upstreams, as they are asked, and the guarded fetch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gateway.clock import Clock, SystemClock
from gateway.config import Config
from gateway.imaging.limits import PictureLimits
from gateway.imaging.workers import Workers
from gateway.inputs.fetch import FetchRules, GuardedFetch
from gateway.inputs.urls import parse as parse_url
from gateway.metrics import Metrics
from gateway.models import Models
from gateway.upstreams import make_upstreams
from gateway.upstreams.base import Upstream
from gateway.upstreams.member import Member
from gateway.upstreams.standing import Standing
from gateway.upstreams.tools import Tools
from gateway.uses import Uses

LARGEST_RETURNED = 64 * 2**20
"""Bytes of a picture that an upstream may return: a PNG of 17 megapixels, which upscalers make, has over 20 MiB."""


class Part(Protocol):
    """What is opened before it is used, and closed after."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Backends:
    config: Config
    rules: FetchRules
    tools: Tools
    upstreams: dict[str, Upstream]
    models: Models
    members: dict[str, Member]
    uses: Uses = field(default_factory=Uses)
    """Requests and work that may still ask an upstream of these."""

    @property
    def fetch(self) -> GuardedFetch:
        return self.tools.fetch

    def show(self) -> None:
        """Have the metrics tell of these, which serve from now on."""
        for member in self.members.values():
            member.show()

    @property
    def parts(self) -> Sequence[Part]:
        return [self.fetch, *self.upstreams.values()]


def make_backends(
    config: Config,
    metrics: Metrics,
    *,
    clock: Clock | None = None,
    workers: Workers | None = None,
    before: Backends | None = None,
) -> Backends:
    """Does no I/O. What `config` has not changed is taken over from `before`, connections and all.

    Raises:
        ConfigError: a model promises what none of its upstreams can do, or an optional package is missing.
    """
    clock = clock or (before.tools.clock if before else SystemClock())
    workers = workers or (before.tools.workers if before else Workers(budget=config.server.decode_memory))
    rules = _fetch_rules(config)
    fetch = before.fetch if before and before.rules == rules else GuardedFetch(rules, on_refused=_counter(metrics))
    tools = _tools(config, workers, fetch, clock)
    upstreams = _upstreams(config, tools, before)
    models = Models(config, {name: upstream.capabilities for name, upstream in upstreams.items()})
    return Backends(config, rules, tools, upstreams, models, _members(config, upstreams, metrics, clock, before))


def _upstreams(config: Config, tools: Tools, before: Backends | None) -> dict[str, Upstream]:
    known = {} if before is None or before.tools != tools else before.upstreams
    kept = {name: known[name] for name in config.upstreams if name in known and _same(name, config, before)}
    made = make_upstreams({name: keys for name, keys in config.upstreams.items() if name not in kept}, tools)
    return {name: kept.get(name) or made[name] for name in config.upstreams}


def _members(
    config: Config, upstreams: dict[str, Upstream], metrics: Metrics, clock: Clock, before: Backends | None
) -> dict[str, Member]:
    """With the breaker, the budget and the queue of before, where the same backend is meant."""

    def standing(name: str) -> Standing | None:
        return before.members[name].standing if before is not None and _same(name, config, before) else None

    return {
        name: Member(upstream, config.upstreams[name], metrics, clock, standing(name))
        for name, upstream in upstreams.items()
    }


def _same(name: str, config: Config, before: Backends | None) -> bool:
    """Whether an upstream is described as it was, secrets and files included."""
    return before is not None and config.upstreams[name] == before.config.upstreams.get(name)


def _counter(metrics: Metrics) -> Callable[[str], None]:
    return lambda reason: metrics.rejected.labels(f"url_{reason}").inc()


def _fetch_rules(config: Config) -> FetchRules:
    ports = {config.server.port, config.metrics.port or config.server.port}
    own = {(config.server.host, port) for port in ports}
    if config.server.public_url is not None:
        public = parse_url(config.server.public_url)
        own.add((public.host, public.port))
    return FetchRules(
        max_bytes=config.inputs.max_size,
        timeout=config.inputs.timeout,
        ports=config.inputs.ports,
        allow_private_networks=config.inputs.allow_private_networks,
        own_addresses=frozenset(own),
    )


def _tools(config: Config, workers: Workers, fetch: GuardedFetch, clock: Clock) -> Tools:
    most = config.upscale.max_output_pixels
    returned = PictureLimits(max_bytes=LARGEST_RETURNED, max_pixels=max(most, config.inputs.max_pixels))
    return Tools(workers, fetch, returned, most, clock)
