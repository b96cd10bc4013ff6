"""The models that may be named, in OpenAI's form."""

from __future__ import annotations

from aiohttp import web

from gateway.errors import NotFound
from gateway.models import Models


class ModelHandlers:
    def __init__(self, models: Models) -> None:
        self._models = models

    async def list(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "list", "data": [model.card() for model in self._models]})

    async def retrieve(self, request: web.Request) -> web.StreamResponse:
        model = self._models.get(request.match_info["model"])
        if model is None:
            raise NotFound("This model does not exist. The models are listed at /v1/models")
        return web.json_response(model.card())
