"""Everything that is made once and stays for the life of the process, whatever its configuration becomes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gateway.backends import Part
from gateway.caching import make_claims
from gateway.caching.claims import Claims
from gateway.caching.memory import AnswerCache
from gateway.caching.shelf import Shelf
from gateway.caching.turns import SharedTurns
from gateway.clock import Clock, RandomBytes
from gateway.config import Config
from gateway.hosting.gallery import Gallery
from gateway.hosting.stores import make_store
from gateway.hosting.stores.base import Store
from gateway.imaging.workers import Workers
from gateway.inputs.request_memory import RequestMemory
from gateway.jobs import Jobs, Turns
from gateway.lifecycle import Lifecycle
from gateway.loop_lag import LoopLag
from gateway.metrics import Metrics
from gateway.origin import Origin
from gateway.quotas.in_flight import InFlight
from gateway.quotas.token_quotas import TokenQuotas
from gateway.shared_state import RedisState, SharedValues
from gateway.spool import SpoolMemory
from gateway.supervision.siblings import SiblingQuota, Siblings, SiblingTurns
from gateway.tokens import Tokens
from gateway.tracing import make_recorder
from gateway.upstreams.answer_memory import AnswerMemory

if TYPE_CHECKING:
    from gateway.tracing.recorder import OtelRecorder


@dataclass(frozen=True, slots=True)
class House:
    """What pictures, answers, limits and memory are counted in, and so must not be there twice."""

    clock: Clock
    dice: random.Random
    metrics: Metrics
    lifecycle: Lifecycle
    origin: Origin
    workers: Workers
    tokens: Tokens
    quotas: TokenQuotas
    places: InFlight
    body_memory: RequestMemory
    spool_memory: SpoolMemory
    answer_memory: AnswerMemory
    store: Store
    gallery: Gallery
    answers: Shelf
    claims: Claims
    jobs: Jobs
    recorder: OtelRecorder | None
    """Of spans; None where no collector is configured."""
    parts: tuple[Part, ...]
    """In the order in which they are opened; the recorder is closed last, so that it exports what the others did."""


def make_house(
    config: Config, clock: Clock, random_bytes: RandomBytes, dice: random.Random, siblings: Siblings | None = None
) -> House:
    """`siblings`: other processes of this gateway. Raises ConfigError where an optional package is missing, or a key
    of the store cannot be used.
    """
    metrics, lifecycle = Metrics(), Lifecycle()
    recorder = make_recorder(config.tracing, metrics)
    store = make_store(config.images, clock, random_bytes, metrics, in_company=siblings is not None)
    shared = _shared(config, metrics, clock, siblings)
    return House(
        clock=clock,
        dice=dice,
        metrics=metrics,
        lifecycle=lifecycle,
        origin=Origin(config.server.public_url, config.server.trusted_proxies),
        workers=Workers(budget=config.server.decode_memory),
        tokens=Tokens(config.auth, clock),
        quotas=shared.quotas,
        places=InFlight(),
        body_memory=RequestMemory(config.server.body_memory),
        spool_memory=SpoolMemory(),
        answer_memory=AnswerMemory(),
        store=store,
        gallery=Gallery(store, clock),
        answers=Shelf(AnswerCache(config.cache.max_size, clock), shared.values, clock),
        claims=make_claims(config.images, clock, store),
        jobs=Jobs(lifecycle, shared.turns),
        recorder=recorder,
        parts=(*((recorder,) if recorder is not None else ()), *shared.parts, LoopLag(metrics), store),
    )


class _Shared(NamedTuple):
    """What other processes are to know of too."""

    quotas: TokenQuotas
    values: SharedValues | None = None
    turns: Turns | None = None
    parts: tuple[Part, ...] = ()


def _shared(config: Config, metrics: Metrics, clock: Clock, siblings: Siblings | None) -> _Shared:
    """By Redis where there is one, for other machines too; else among the processes of this gateway."""
    if config.cache.redis_url is not None:
        redis = RedisState(config.cache.redis_url.get_secret_value(), metrics, clock)
        return _Shared(TokenQuotas.shared(redis, clock), redis, SharedTurns(redis), (redis,))
    if siblings is None:
        return _Shared(TokenQuotas.in_memory(clock))
    requests, images = SiblingQuota(siblings, "requests"), SiblingQuota(siblings, "images")
    return _Shared(TokenQuotas.counted_elsewhere(requests, images, clock), siblings, SiblingTurns(siblings))
