"""Everything that is made once and stays for the life of the process, whatever its configuration becomes."""

from __future__ import annotations

import random
from dataclasses import dataclass

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
from gateway.jobs import Jobs
from gateway.lifecycle import Lifecycle
from gateway.loop_lag import LoopLag
from gateway.metrics import Metrics
from gateway.origin import Origin
from gateway.quotas.in_flight import InFlight
from gateway.quotas.token_quotas import TokenQuotas
from gateway.shared_state import RedisState
from gateway.tokens import Tokens
from gateway.upstreams.answer_memory import AnswerMemory


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
    answer_memory: AnswerMemory
    store: Store
    gallery: Gallery
    answers: Shelf
    claims: Claims
    jobs: Jobs
    parts: tuple[Part, ...]
    """In the order in which they are opened."""


def make_house(config: Config, clock: Clock, random_bytes: RandomBytes, dice: random.Random) -> House:
    """Raises ConfigError where an optional package is missing, or a key of the store cannot be used."""
    metrics, lifecycle = Metrics(), Lifecycle()
    store = make_store(config.images, clock, random_bytes)
    url = config.cache.redis_url
    redis = RedisState(url.get_secret_value(), metrics, clock) if url else None
    shared: tuple[Part, ...] = (redis,) if redis else ()
    return House(
        clock=clock,
        dice=dice,
        metrics=metrics,
        lifecycle=lifecycle,
        origin=Origin(config.server.public_url, config.server.trusted_proxies),
        workers=Workers(),
        tokens=Tokens(config.auth, clock),
        quotas=TokenQuotas.shared(redis, clock) if redis else TokenQuotas.in_memory(clock),
        places=InFlight(),
        body_memory=RequestMemory(config.server.body_memory),
        answer_memory=AnswerMemory(),
        store=store,
        gallery=Gallery(store, clock),
        answers=Shelf(AnswerCache(config.cache.max_size, clock), redis, clock),
        claims=make_claims(config.images, clock),
        jobs=Jobs(lifecycle, SharedTurns(redis) if redis else None),
        parts=(*shared, LoopLag(metrics), store),
    )
