"""Alive, and ready for traffic. Neither asks for a token, and neither tells anything else."""

from __future__ import annotations

from aiohttp import hdrs, web

from gateway.lifecycle import Lifecycle, Phase

_FRESH = {hdrs.CACHE_CONTROL: "no-store"}


class HealthHandlers:
    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle

    async def alive(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok"}, headers=_FRESH)

    async def ready(self, _: web.Request) -> web.StreamResponse:
        phase = self._lifecycle.phase
        status = web.HTTPOk.status_code if phase is Phase.READY else web.HTTPServiceUnavailable.status_code
        return web.json_response({"status": phase}, status=status, headers=_FRESH)
