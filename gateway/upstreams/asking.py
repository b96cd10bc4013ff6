"""One request on its way to its pictures: what is wanted, for whom, and until when."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.images import AnyRequest
from gateway.lifecycle import Deadline
from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import Report


@dataclass(frozen=True, slots=True)
class Asking:
    order: AnyRequest
    report: Report
    attempts: Attempts
    deadline: Deadline
    caller: str
    """Whose turn it is when calls have to wait; empty when the gateway is open."""
