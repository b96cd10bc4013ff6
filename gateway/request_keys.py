"""What the links leave on a request for the rooms behind them, under typed keys."""

from __future__ import annotations

from aiohttp import web

from gateway.images import AnyRequest
from gateway.jobs import Sharing
from gateway.lifecycle import Deadline
from gateway.upstreams.attempts import Attempts

REQUEST_ID = web.RequestKey("request_id", str)
CALLER = web.RequestKey("caller", str)
"""Name of the token that opened the door; missing when the gateway is open."""
IMAGE_REQUEST: web.RequestKey[AnyRequest] = web.RequestKey("image_request", AnyRequest)  # type: ignore[arg-type]  # a union is no class
DEADLINE = web.RequestKey("deadline", Deadline)
ATTEMPTS = web.RequestKey("attempts", Attempts)
SHARING = web.RequestKey("sharing", Sharing)
CACHE_STATE = web.RequestKey("cache_state", str)
CACHE_AGE = web.RequestKey("cache_age", int)
