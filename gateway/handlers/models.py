"""The models that the caller may name, in OpenAI's form."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from gateway.errors import NotFound
from gateway.models import Models
from gateway.request_keys import allowed_models


class ModelHandlers:
    def __init__(self, models: Callable[[], Models]) -> None:
        """`models` gives those of today."""
        self._models = models

    async def list(self, request: web.Request) -> web.StreamResponse:
        usable = self._models().among(allowed_models(request))
        return web.json_response({"object": "list", "data": [model.card() for model in usable]})

    async def retrieve(self, request: web.Request) -> web.StreamResponse:
        models = self._models()
        model = models.get(request.match_info["model"])
        if model is None or model not in models.among(allowed_models(request)):
            raise NotFound("This model does not exist. The models are listed at /v1/models")
        return web.json_response(model.card())
