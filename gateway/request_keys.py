"""What the links leave on a request for the rooms behind them, under typed keys."""

from __future__ import annotations

from aiohttp import web

from gateway.images import AnyRequest
from gateway.jobs import Sharing
from gateway.lifecycle import Deadline
from gateway.tokens import Token
from gateway.trace import Trace
from gateway.upstreams.attempts import Attempts

REQUEST_ID = web.RequestKey("request_id", str)
TRACE = web.RequestKey("trace", Trace)
TOKEN = web.RequestKey("token", Token)
"""The one that opened the door; missing when the gateway is open."""
CALLER = web.RequestKey("caller", str)
"""Its name."""
IMAGE_REQUEST: web.RequestKey[AnyRequest] = web.RequestKey("image_request", AnyRequest)  # type: ignore[arg-type]  # a union is no class
DEADLINE = web.RequestKey("deadline", Deadline)
ATTEMPTS = web.RequestKey("attempts", Attempts)
SHARING = web.RequestKey("sharing", Sharing)
IS_REPLAY = web.RequestKey("is_replay", bool)
"""Whether the answer was given before, to the same Idempotency-Key."""
BROKEN_OFF = web.RequestKey("broken_off", int)
"""Status of the failure that has ended an answer whose head had been sent already."""
CACHE_STATE = web.RequestKey("cache_state", str)
"""HIT, MISS, COALESCED (another request's work gives the answer) or BYPASS."""
CACHE_AGE = web.RequestKey("cache_age", int)


UPSTREAM_HEADER = "X-Upstream"
"""Of an answer: the configured names of the backends that made its pictures."""


def allowed_models(request: web.Request) -> frozenset[str] | None:
    """Ids or aliases of the only models that the caller may use; None means all."""
    token = request.get(TOKEN)
    return token.models if token is not None else None
