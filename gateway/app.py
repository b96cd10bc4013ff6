"""How the gateway is put together, top to bottom the way a request enters: what stays, and what a reload replaces."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial

from aiohttp import web

from gateway.backends import Backends, Part, make_backends
from gateway.clock import Clock, RandomBytes, SystemClock, system_random
from gateway.config import Config
from gateway.generations import Generation, Generations
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
from gateway.hosting.redirects import make_redirects
from gateway.hosting.rehost import Rehost
from gateway.hosting.signing import make_links
from gateway.house import House, make_house
from gateway.images import Operation
from gateway.imaging.limits import PictureLimits
from gateway.imaging.workers import Workers
from gateway.inputs.arriving import BodyLimits
from gateway.inputs.fields import FieldReader
from gateway.inputs.picture_intake import PictureIntake
from gateway.lifecycle import Lifecycle
from gateway.metrics import Metrics
from gateway.middleware.access_log import access_log
from gateway.middleware.allowed_hosts import allowed_hosts
from gateway.middleware.anonymity import hide_server
from gateway.middleware.aspect_ratio import aspect_ratio
from gateway.middleware.auth import auth
from gateway.middleware.cache import cache, cache_counts
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
from gateway.reloadable import Change, merged
from gateway.routes import add_routes, api_routes, docs_routes, mcp_routes, open_routes, page_routes, service_routes
from gateway.supervision.siblings import Siblings
from gateway.tokens import Tokens
from gateway.upstreams.pool import Pool

LIFECYCLE = web.AppKey("lifecycle", Lifecycle)
TOKENS = web.AppKey("tokens", Tokens)
METRICS = web.AppKey("metrics", Metrics)
GENERATIONS = web.AppKey("generations", Generations)
METRICS_HANDLER: web.AppKey[Handler] = web.AppKey("metrics_handler", object)  # type: ignore[arg-type]  # a callable is no class


def make_app(
    config: Config,
    *,
    clock: Clock | None = None,
    random_bytes: RandomBytes = system_random,
    dice: random.Random | None = None,
    siblings: Siblings | None = None,
) -> web.Application:
    """Authenticate, validate, translate, cache, count; ask an upstream; rehost what it returns.

    `siblings`: the other processes of a gateway that has several.

    Raises:
        ConfigError: a model promises what none of its upstreams can do, or an optional package is missing.
    """
    dice = dice or random.Random()  # noqa: S311 - draws lots, keeps no secret
    house = make_house(config, clock or SystemClock(), random_bytes, dice, siblings)
    generations = Generations(partial(make_generation, house), config, house.metrics)
    metrics, lifecycle, origin = house.metrics, house.lifecycle, house.origin

    app = web.Application(
        middlewares=for_application(
            count(metrics),  # outermost, so that refusals are counted too
            draining(lifecycle),
            request_id(random_bytes),
            trace(random_bytes, house.recorder),
            access_log(origin),
            errors(metrics),  # inside the log, which tells the status that the client sees
            allowed_hosts(config.server, origin),
            cors(config.cors, origin),
        ),
        client_max_size=config.server.max_body,
    )
    known = auth(house.tokens)
    door = chain(hops(MOST_HOPS), known, limits(house.quotas))
    images = {operation: generations.image(operation) for operation in Operation}
    models = ModelHandlers(lambda: generations.today.backends.models)
    mcp = McpHandler(
        lambda: generations.today.backends.models,
        house.gallery,
        house.workers,
        origin,
        lambda: generations.today.definition(),  # noqa: PLW0108 - today is looked up when it is asked
    )
    own_metrics = config.metrics.port is not None
    scraped = (
        scrape(metrics, house.gallery, config.images.max_size, lambda: generations.today.config.metrics, siblings)
        if config.metrics.enabled
        else None
    )

    browsers = preflights(app, config.cors)
    add_routes(app, api_routes(models, images, door), browsers)
    add_routes(
        app,
        open_routes(generations.other(lambda today: today.hosted), generations.other(lambda today: today.openapi)),
        browsers,
    )
    # Its tools enter anew with requests of their own, which are limited then; so a call counts once.
    add_routes(app, mcp_routes(mcp, chain(hops(MOST_HOPS), known)), browsers)
    add_routes(
        app,
        page_routes(
            generations.other(lambda today: today.studio.page), generations.other(lambda today: today.studio.asset)
        ),
    )
    add_routes(app, docs_routes(DocsHandlers(config.server.public_url)))
    add_routes(app, service_routes(HealthHandlers(lifecycle), None if own_metrics else scraped))
    app.on_response_prepare.extend(
        [
            written(write_request_id, write_trace, write_attempts, hide_server, cors_headers(config.cors)),
            limit_headers(house.quotas),
        ]
    )
    app.cleanup_ctx.append(_lifespan([*house.parts, generations, mcp], house.workers))
    app[LIFECYCLE], app[TOKENS], app[METRICS], app[GENERATIONS] = lifecycle, house.tokens, metrics, generations
    if scraped is not None:
        app[METRICS_HANDLER] = scraped
    return app


def make_generation(house: House, config: Config, before: Backends | None = None) -> Generation:
    """What answers image requests under `config`, beside the backends that serve before it; raises like `make_app`."""
    backends = make_backends(config, house.metrics, clock=house.clock, workers=house.workers, before=before)
    models = backends.models
    pool = Pool(backends.members, models, house.metrics, house.clock, house.dice)
    links = make_links(config.images, house.clock, house.gallery.expires_at)
    render = Renderer(house.gallery, house.origin, links)
    rehost = Rehost(house.store, house.workers, config.images.fit)
    fields, intake = _inputs(house, config)
    images = {
        operation: chain(
            overload(house.places, config.server.max_in_flight, house.tokens),
            deadline(house.lifecycle, config.server.request_timeout),
            validation(operation, models, fields, intake),
            cache_counts(house.metrics),
            idempotency(house.claims, house.jobs, house.gallery, render),
            aspect_ratio(),
            pictures(backends.fetch, house.gallery, links, house.origin, intake, config.server.max_body),
            cache(config.cache, house.answers, house.gallery, render),
        )(
            ImageHandler(
                pool,
                rehost,
                render,
                house.jobs,
                house.quotas,
                house.metrics,
                house.clock,
                house.answer_memory,
                backends.uses,
            )
        )
        for operation in Operation
    }
    return Generation(
        config,
        backends,
        images,
        hosted=hosted(house.gallery, links, make_redirects(config.images)),
        openapi=openapi(partial(_described, config, models), house.tokens),
        studio=StudioHandlers(config),
        definition=lambda: json.dumps(_described(config, models, secured=not house.tokens.is_open)),
    )


async def reconfigure(app: web.Application, config: Config) -> Change:
    """Take of `config` what can change while `app` serves, all of it or nothing; tells what was taken and what not.

    Raises:
        ConfigError: nothing was taken.
    """
    generations, tokens = app[GENERATIONS], app[TOKENS]
    effective, change = merged(generations.today.config, config)
    tokens.check(effective.auth)
    await generations.follow(effective)
    tokens.replace(effective.auth)
    return change


def describe(config: Config) -> dict[str, object]:
    """The OpenAPI document of the gateway that `config` makes; raises like `make_app`."""
    return _described(config, make_backends(config, Metrics()).models, secured=bool(config.auth.tokens))


def _described(config: Config, models: Models, *, secured: bool) -> dict[str, object]:
    from gateway.openapi.document import document  # noqa: PLC0415 - most gateways are never asked for it

    return document(
        models,
        server=config.server.public_url,
        secured=secured,
        signed=config.images.signed,
        metrics=config.metrics.enabled and config.metrics.port is None,
    )


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


def _inputs(house: House, config: Config) -> tuple[FieldReader, PictureIntake]:
    picture = PictureLimits(max_bytes=config.inputs.max_size, max_pixels=config.inputs.max_pixels)
    body = BodyLimits(config.server.max_body, picture.max_bytes, config.server.body_timeout)
    return FieldReader(body, house.body_memory), PictureIntake(picture, house.body_memory, house.spool_memory)
