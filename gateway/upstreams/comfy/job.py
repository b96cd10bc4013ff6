"""One submission, watched until it ends or nobody waits for it any more.

What counts is the history: a job that stands there has ended. The websocket tells how far it is and wakes the
next look, so a frame that is lost costs seconds and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from uuid import UUID

from gateway.clock import RandomBytes
from gateway.upstreams.base import Ambiguous, Report
from gateway.upstreams.comfy.client import SUBFOLDER, ComfyClient
from gateway.upstreams.comfy.doorbell import Doorbell
from gateway.upstreams.comfy.gauge import Gauge
from gateway.upstreams.comfy.history import Entry, StoredFile
from gateway.upstreams.comfy.listening import Ear, listening
from gateway.upstreams.comfy.workflow import Value, Workflow
from gateway.upstreams.http import UpstreamHttp
from gateway.upstreams.polling import poll, stopping
from gateway.upstreams.tools import Tools

FIRST_WAIT, LONGEST_WAIT = 0.5, 5.0
"""Seconds between looks; a websocket that works makes most of them needless."""
ASK_QUEUE_EVERY = 4
"""Looks in vain after which the queue is asked. It holds whole workflows, but shows whether a job was lost."""


class Jobs:
    """Runs workflows at one backend."""

    def __init__(self, http: UpstreamHttp, tools: Tools, random_bytes: RandomBytes, *, timeout: float) -> None:
        """`timeout` in seconds covers one job, from its submission to its end."""
        self._http = http
        self._client = ComfyClient(http)
        self._tools = tools
        self._random_bytes = random_bytes
        self._timeout = timeout

    async def run(self, workflow: Workflow, values: Mapping[str, Value], report: Report) -> list[StoredFile]:
        """Where the pictures are that the workflow made. A job that nobody waits for is stopped at the backend.

        Raises:
            UpstreamError: it was not accepted, it failed, or was lost sight of.
        """
        job, client = self._name(), self._name()
        graph = workflow.filled(values, f"{SUBFOLDER}/{job}")
        watch, bell = _Watch(self._client, job), Doorbell(self._tools.clock)
        ear = Ear(job, Gauge(graph), bell, report, self._tools)
        async with listening(self._http, client, ear), stopping(watch.stop):
            watch.job = await self._client.submit(graph, workflow.output, job=job, client=client)
            found: Entry | _Lost = await poll(
                watch.look, clock=bell, first=FIRST_WAIT, longest=LONGEST_WAIT, within=self._timeout
            )
        if found is _Lost.JOB:
            raise Ambiguous("the backend no longer knows the job: was it restarted, or its queue emptied?")
        failure = found.failure(graph)
        if failure is not None:
            raise failure
        return found.files(workflow.output)

    def _name(self) -> str:
        """Newer servers want the ids of jobs to be UUIDs as these are written."""
        return str(UUID(bytes=self._random_bytes(16), version=4))


class _Lost(Enum):
    JOB = auto()


class _Watch:
    def __init__(self, client: ComfyClient, job: str) -> None:
        self.job = job
        self._client = client
        self._looks = 0

    async def look(self) -> Entry | _Lost | None:
        self._looks += 1
        entry = await self._client.entry(self.job)
        if entry is not None or self._looks % ASK_QUEUE_EVERY or await self._client.is_under_way(self.job):
            return entry
        return await self._client.entry(self.job) or _Lost.JOB  # it may have ended between the questions

    async def stop(self) -> None:
        await self._client.stop(self.job)
