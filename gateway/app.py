"""The whole gateway as one function, top to bottom the way a request enters."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import NamedTuple, Protocol

from aiohttp import web

from gateway.caching import make_claims
from gateway.caching.memory import AnswerCache
from gateway.caching.shelf import Shelf
from gateway.caching.turns import SharedTurns
from gateway.clock import Clock, RandomBytes, SystemClock, system_random
from gateway.config import Config
from gateway.handlers.docs import DocsHandlers
from gateway.handlers.health import HealthHandlers
from gateway.handlers.hosted import hosted
from gateway.handlers.images import ImageHandler
from gateway.handlers.mcp import McpHandler
from gateway.handlers.models import ModelHandlers
from gateway.handlers.openapi import openapi
from gateway.handlers.rendering import Renderer
from gateway.handlers.scrape import scrape
from gateway.handlers.studio import StudioHandlers
from gateway.hops import MOST_HOPS
from gateway.hosting.gallery import Gallery
from gateway.hosting.redirects import make_redirects
from gateway.hosting.rehost import Rehost
from gateway.hosting.signing import make_links
from gateway.hosting.stores import make_store
from gateway.images import Operation
from gateway.imaging.limits import PictureLimits
from gateway.imaging.workers import Workers
from gateway.inputs.arriving import BodyLimits
from gateway.inputs.fetch import FetchRules, GuardedFetch
from gateway.inputs.fields import FieldReader
from gateway.inputs.picture_intake import PictureIntake
from gateway.inputs.request_memory import RequestMemory
from gateway.inputs.urls import parse as parse_url
from gateway.jobs import Jobs
from gateway.lifecycle import Lifecycle
from gateway.loop_lag import LoopLag
from gateway.metrics import Metrics
from gateway.middleware.access_log import access_log
from gateway.middleware.allowed_hosts import allowed_hosts
from gateway.middleware.anonymity import hide_server
from gateway.middleware.aspect_ratio import aspect_ratio
from gateway.middleware.auth import auth
from gateway.middleware.cache import cache
from gateway.middleware.cors import cors, cors_headers, preflights
from gateway.middleware.deadline import deadline, write_attempts
from gateway.middleware.draining import draining
from gateway.middleware.errors import errors
from gateway.middleware.headers import written
from gateway.middleware.hops import hops
from gateway.middleware.idempotency import idempotency
from gateway.middleware.limits import limit_headers, limits
from gateway.middleware.links import Handler, chain, for_application
from gateway.middleware.metrics import count
from gateway.middleware.overload import overload
from gateway.middleware.pictures import pictures
from gateway.middleware.request_id import request_id, write_request_id
from gateway.middleware.trace import trace, write_trace
from gateway.middleware.validation import validation
from gateway.models import Models
from gateway.openapi.document import document
from gateway.origin import Origin
from gateway.quotas.in_flight import InFlight
from gateway.quotas.token_quotas import TokenQuotas
from gateway.routes import add_routes, api_routes, docs_routes, mcp_routes, open_routes, page_routes, service_routes
from gateway.shared_state import RedisState
from gateway.tokens import Tokens
from gateway.tracing import make_recorder
from gateway.upstreams import make_upstreams
from gateway.upstreams.answer_memory import AnswerMemory
from gateway.upstreams.base import Upstream
from gateway.upstreams.member import Member
from gateway.upstreams.pool import Pool
from gateway.upstreams.tools import Tools

LIFECYCLE = web.AppKey("lifecycle", Lifecycle)
TOKENS = web.AppKey("tokens", Tokens)
METRICS = web.AppKey("metrics", Metrics)
METRICS_HANDLER: web.AppKey[Handler] = web.AppKey("metrics_handler", object)  # type: ignore[arg-type]  # a callable is no class

LARGEST_RETURNED = 64 * 2**20
"""Bytes of a picture that an upstream may return: a PNG of 17 megapixels, which upscalers make, has over 20 MiB."""


def make_app(
    config: Config,
    *,
    clock: Clock | None = None,
    random_bytes: RandomBytes = system_random,
    dice: random.Random | None = None,
) -> web.Application:
    """Authenticate, validate, translate, cache, count; ask an upstream; rehost what it returns.

    Raises:
        ConfigError: a model promises what none of its upstreams can do, or an optional package is missing.
    """
    clock = clock or SystemClock()
    metrics, lifecycle = Metrics(), Lifecycle()
    recorder = make_recorder(config.tracing, metrics)
    origin = Origin(config.server.public_url, config.server.trusted_proxies)
    workers, fetch, upstreams, models = make_backends(
        config, clock, on_refused=lambda reason: metrics.rejected.labels(f"url_{reason}").inc()
    )
    store = make_store(config.images, clock, random_bytes, metrics)
    gallery = Gallery(store, clock)
    links = make_links(config.images, clock, gallery.expires_at)
    members = {name: Member(upstream, config.upstreams[name], metrics, clock) for name, upstream in upstreams.items()}
    pool = Pool(members, models, metrics, clock, dice or random.Random())  # noqa: S311 - draws lots, keeps no secret
    render = Renderer(gallery, origin, links)
    url = config.cache.redis_url
    redis = RedisState(url.get_secret_value(), metrics, clock) if url else None
    first: list[Part] = [part for part in (recorder, redis) if part is not None]  # closed last
    answers = Shelf(AnswerCache(config.cache.max_size, clock), redis, clock)
    claims = make_claims(config.images, clock, store)
    jobs = Jobs(lifecycle, SharedTurns(redis) if redis else None)
    quotas = TokenQuotas.shared(redis, clock) if redis else TokenQuotas.in_memory(clock)
    tokens, places = Tokens(config.auth, clock), InFlight()
    fields, intake = _inputs(config)

    app = web.Application(
        middlewares=for_application(
            count(metrics),  # outermost, so that refusals are counted too
            draining(lifecycle),
            request_id(random_bytes),
            trace(random_bytes, recorder),
            access_log(origin),
            errors(metrics),  # inside the log, which tells the status that the client sees
            allowed_hosts(config.server, origin),
            cors(config.cors, origin),
        ),
        client_max_size=config.server.max_body,
    )
    door = chain(hops(MOST_HOPS), auth(tokens), limits(quotas))
    memory = AnswerMemory()
    images = {
        operation: chain(
            overload(places, config.server.max_in_flight, tokens),
            deadline(lifecycle, config.server.request_timeout),
            validation(operation, models, fields, intake),
            idempotency(claims, jobs, gallery, render),
            aspect_ratio(),
            pictures(fetch, gallery, links, origin, intake),
            cache(config.cache, answers, gallery, render, metrics),
        )(ImageHandler(pool, Rehost(store, workers, config.images.fit), render, jobs, quotas, metrics, clock, memory))
        for operation in Operation
    }
    scraped = scrape(metrics, gallery, config) if config.metrics.enabled else None
    described = openapi(partial(_described, config, models), tokens)
    mcp = McpHandler(
        models, gallery, workers, origin, lambda: json.dumps(_described(config, models, secured=not tokens.is_open))
    )

    browsers = preflights(app, config.cors)
    add_routes(app, api_routes(ModelHandlers(models), images, door), browsers)
    add_routes(app, open_routes(hosted(gallery, links, make_redirects(config.images)), described), browsers)
    # Its tools enter anew with requests of their own, which are limited then; so a call counts once.
    add_routes(app, mcp_routes(mcp, chain(hops(MOST_HOPS), auth(tokens))), browsers)
    add_routes(app, page_routes(StudioHandlers(config)))
    add_routes(app, docs_routes(DocsHandlers(config.server.public_url)))
    add_routes(app, service_routes(HealthHandlers(lifecycle), scraped if config.metrics.port is None else None))
    app.on_response_prepare.extend(
        [
            written(write_request_id, write_trace, write_attempts, hide_server, cors_headers(config.cors)),
            limit_headers(quotas),
        ]
    )
    app.cleanup_ctx.append(_lifespan([*first, LoopLag(metrics), store, fetch, *upstreams.values(), mcp], workers))
    app[LIFECYCLE], app[TOKENS], app[METRICS] = lifecycle, tokens, metrics
    if scraped is not None:
        app[METRICS_HANDLER] = scraped
    return app


def reconfigure(app: web.Application, config: Config) -> list[str]:
    """Take of `config` what can change while `app` serves; gives the names of the sections that were taken.

    Raises:
        ConfigError: nothing was taken.
    """
    app[TOKENS].replace(config.auth)
    return ["auth"]


class Backends(NamedTuple):
    """What stands behind the models."""

    workers: Workers
    fetch: GuardedFetch
    upstreams: dict[str, Upstream]
    models: Models

    @property
    def parts(self) -> Sequence[Part]:
        return [self.fetch, *self.upstreams.values()]


def make_backends(config: Config, clock: Clock, *, on_refused: Callable[[str], None] = lambda _: None) -> Backends:
    """Raises like `make_app`."""
    workers, fetch = Workers(), GuardedFetch(_fetch_rules(config), on_refused=on_refused)
    upstreams = make_upstreams(config.upstreams, _tools(config, workers, fetch, clock))
    models = Models(config, {name: upstream.capabilities for name, upstream in upstreams.items()})
    return Backends(workers, fetch, upstreams, models)


def describe(config: Config) -> dict[str, object]:
    """The OpenAPI document of the gateway that `config` makes; raises like `make_app`."""
    return _described(config, make_backends(config, SystemClock()).models, secured=bool(config.auth.tokens))


def _described(config: Config, models: Models, *, secured: bool) -> dict[str, object]:
    return document(
        models,
        server=config.server.public_url,
        secured=secured,
        signed=config.images.signed,
        metrics=config.metrics.enabled and config.metrics.port is None,
    )


class Part(Protocol):
    """What is opened before the gateway serves, and closed after."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...


def _lifespan(parts: Sequence[Part], workers: Workers) -> Callable[[web.Application], AsyncIterator[None]]:
    async def lifespan(app: web.Application) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(workers.close)
            for part in parts:
                await part.open()
                stack.push_async_callback(part.close)
            app[LIFECYCLE].ready()
            yield

    return lifespan


def _fetch_rules(config: Config) -> FetchRules:
    own = {(config.server.host, config.server.port)}
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


def _inputs(config: Config) -> tuple[FieldReader, PictureIntake]:
    memory = RequestMemory(config.server.body_memory)
    picture = PictureLimits(max_bytes=config.inputs.max_size, max_pixels=config.inputs.max_pixels)
    body = BodyLimits(config.server.max_body, picture.max_bytes, config.server.body_timeout)
    return FieldReader(body, memory), PictureIntake(picture, memory)
