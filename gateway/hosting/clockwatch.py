"""Noticing that the wall clock jumped, so that a wrong hour does not delete every picture."""

from __future__ import annotations

import logging
import math

from gateway.clock import Clock
from gateway.logs import event

LARGEST_STEP = 3600.0
"""Seconds: what a time server corrects in one step is far smaller, a wrong zone or battery far larger."""

HOLD_OFF = 3600.0
"""Seconds for which the new time is not acted upon: an operator or a time server can put it right."""

_log = logging.getLogger(__name__)


class ClockWatch:
    """Compares the wall clock's progress with that of the monotonic clock, from one look to the next.

    A machine that slept shows the same picture as a jump; it costs one hold-off. A jump while nobody looked,
    such as between two runs of the process, cannot be told from time that passed.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = clock.time() - clock.monotonic()
        self._trusted_from = -math.inf

    def trusted(self) -> bool:
        """Whether what the wall clock says may end a picture's life."""
        now = self._clock.monotonic()
        ahead = self._clock.time() - now
        step, self._ahead = ahead - self._ahead, ahead
        if abs(step) > LARGEST_STEP:
            self._trusted_from = now + HOLD_OFF
            event(
                _log,
                logging.WARNING,
                "wall clock jumped, nothing expires for a while",
                step=round(step),
                seconds=HOLD_OFF,
            )
        return now >= self._trusted_from
