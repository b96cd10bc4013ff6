"""The contract between the pool and a driver: what it can do as data, one verb an operation, closed outcomes.

A driver speaks one protocol. It answers with pictures or raises one of the outcomes below; it never retries,
never falls back, never fans out and keeps no deadline of the whole request: that is the pool's work.

    UpstreamError
    ├── NotSent         DNS, connect, TLS, closed before the request was written
    ├── Refused         a complete 429, 500 or 503, or a job that reports failure
    ├── Rejected        another 4xx: credentials, unknown model, our request not understood
    ├── ContentRefused  moderation, safety, blocked, in any status including 200
    ├── Ambiguous       502, 504, reset or time-out after sending: it may have been done, and billed
    └── EmptyAnswer     200 without a picture and without a refusal
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from gateway.images import (
    MOST_INPUT_PICTURES,
    OUTPUT_FORMATS,
    EditRequest,
    GenerateRequest,
    ImageFormat,
    Operation,
    Picture,
    UpscaleFactor,
    UpscaleRequest,
)


class Outcome(StrEnum):
    """The closed set of what can happen when an upstream is asked; also the label of the metric."""

    SUCCESS = "success"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    REJECTED = "rejected"
    CONTENT_REFUSED = "content_refused"
    AMBIGUOUS = "ambiguous"
    EMPTY = "empty"


class UpstreamError(Exception):
    """A call that gave no picture.

    `detail` is for the log; nothing in it reaches a client. `status` is the upstream's HTTP status where there
    was one, `retry_after` the seconds that it asked us to wait.
    """

    outcome: ClassVar[Outcome]

    def __init__(self, detail: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.retry_after = retry_after


class NotSent(UpstreamError):
    outcome = Outcome.NOT_SENT


class Refused(UpstreamError):
    outcome = Outcome.REFUSED


class Rejected(UpstreamError):
    outcome = Outcome.REJECTED


class ContentRefused(UpstreamError):
    outcome = Outcome.CONTENT_REFUSED


class Ambiguous(UpstreamError):
    outcome = Outcome.AMBIGUOUS

    def __init__(self, detail: str, *, status: int | None = None, timed_out: bool = False) -> None:
        super().__init__(detail, status=status)
        self.timed_out = timed_out


class EmptyAnswer(UpstreamError):
    outcome = Outcome.EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a driver can do in one operation."""

    max_n: int = 1
    """Pictures in one call."""
    output_formats: frozenset[ImageFormat] = frozenset(OUTPUT_FORMATS)
    max_images: int = MOST_INPUT_PICTURES
    masks: bool = False
    needs_mask: bool = False
    """Whether only edits with a mask can be done."""
    factors: frozenset[UpscaleFactor] = frozenset(UpscaleFactor)


@dataclass(frozen=True, slots=True)
class Capabilities:
    operations: Mapping[Operation, Capability]
    extras: frozenset[str] = frozenset()
    """Request fields beyond the published ones that the driver understands."""


@dataclass(frozen=True, slots=True)
class Made:
    """One picture that an upstream made."""

    picture: Picture
    revised_prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a call is, from 0 to 1, with a preview where the backend gives one."""

    done: float
    preview: Picture | None = None
    index: int = 0


Report = Callable[[Progress], None]
"""Takes progress at once and never waits."""


class Upstream(Protocol):
    """One configured backend. Constructing it does no I/O."""

    name: str
    capabilities: Capabilities

    async def open(self) -> None:
        """Take what needs a running event loop, such as a connection pool."""

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]: ...

    async def edit(self, request: EditRequest, report: Report) -> tuple[Made, ...]: ...

    async def upscale(self, request: UpscaleRequest, report: Report) -> tuple[Made, ...]: ...

    async def probe(self) -> None:
        """Ask the cheapest unbilled thing that shows whether the backend would work; raise the outcome if not."""

    async def close(self) -> None: ...
