"""One call to a WebUI from beginning to end: it is sent, followed, and interrupted when nobody waits any more."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from gateway.logs import event
from gateway.upstreams.base import Progress, Report, UpstreamError
from gateway.upstreams.http import HttpAnswer, UpstreamHttp
from gateway.upstreams.json_body import JsonBody
from gateway.upstreams.polling import poll, stopping
from gateway.upstreams.results import from_base64
from gateway.upstreams.tools import Tools
from gateway.upstreams.webui.outcomes import members

FIRST_LOOK, LONGEST_LOOK = 0.5, 2.0
"""Seconds between two looks at the progress: the WebUI's own page looks every half second."""

_log = logging.getLogger("gateway.upstreams")


class Work:
    def __init__(self, http: UpstreamHttp, tools: Tools, *, timeout: float, previews: bool, sole_client: bool) -> None:
        self._http = http
        self._tools = tools
        self._timeout = timeout
        self._previews = previews
        self._sole_client = sole_client

    async def run(self, path: str, fields: Mapping[str, object], report: Report) -> HttpAnswer:
        """Post `fields`, report progress meanwhile, and interrupt the WebUI when cancelled or out of time."""
        task = f"gateway-{secrets.token_hex(8)}"
        async with stopping(partial(self._interrupt, task)), self._followed(report):
            return await self._http.post(path, body=JsonBody({**fields, "force_task_id": task}))

    @asynccontextmanager
    async def _followed(self, report: Report) -> AsyncIterator[None]:
        following = asyncio.create_task(self._follow(report))
        try:
            yield
        finally:
            following.cancel()
            await asyncio.wait([following])
        if not following.cancelled():
            following.result()

    async def _follow(self, report: Report) -> None:
        """Until cancelled. The progress is the WebUI's, not this call's: others may be before it in its queue."""
        params = {"skip_current_image": "false" if self._previews else "true"}

        async def look() -> None:
            answer = await self._http.get("/sdapi/v1/progress", params=params)
            progress = await self._progress(answer.json())
            if progress is not None:
                report(progress)

        try:
            await poll(look, clock=self._tools.clock, first=FIRST_LOOK, longest=LONGEST_LOOK, within=self._timeout)
        except UpstreamError as error:
            event(_log, logging.DEBUG, "progress lost", detail=error.detail)

    async def _progress(self, said: object) -> Progress | None:
        """None while nothing is drawn, and for what is no progress."""
        match said:
            case {"progress": int() | float() as done, "state": {"job_count": int(jobs)}, **rest} if jobs > 0:
                image = rest.get("current_image")
                preview = await from_base64(image, self._tools) if isinstance(image, str) and image else None
                return Progress(min(max(done, 0.0), 1.0), preview)
            case _:
                return None

    async def _interrupt(self, task: str) -> None:
        """End the work under way if it is known to be ours: the WebUI ends whatever runs, whoever asked for it.

        It has no name for upscales, and older versions for nothing: those run on unless we are its sole client.
        """
        if not self._sole_client:
            asked = {"id_task": task, "live_preview": False}
            if members(await self._http.post("/internal/progress", json=asked)).get("active") is not True:
                return
        members(await self._http.post("/sdapi/v1/interrupt"))
