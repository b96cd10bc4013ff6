"""What a gateway has learned of one backend, and whom it lets wait for it."""

from __future__ import annotations

from gateway.clock import Clock
from gateway.config import UpstreamSettings
from gateway.upstreams.breaker import Breaker
from gateway.upstreams.bulkhead import Bulkhead
from gateway.upstreams.retry import RetryBudget


class Standing:
    """Outlives the driver: a configuration that changes something else is no reason to trust a backend anew."""

    def __init__(self, settings: UpstreamSettings, clock: Clock) -> None:
        self.budget = RetryBudget()
        self.breaker = Breaker(clock)
        self.bulkhead = Bulkhead(settings.concurrency, settings.queue)
        self.in_flight = 0
        """Calls under way."""
