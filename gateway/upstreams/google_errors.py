"""Google's error object, as all its APIs send it, becomes one of the outcomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from gateway.upstreams.base import ContentRefused, Refused, UpstreamError
from gateway.upstreams.http import HttpAnswer, failure

DAILY_WAIT = 3600.0
"""Seconds to wait when a day's quota is used up. Google then still names a delay of seconds, which helps nobody."""

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_DELAY = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)s")
_A_DAY = re.compile(r"per_?day", re.IGNORECASE)
# Imagen refuses a prompt with a plain INVALID_ARGUMENT; only its words tell that from a malformed request.
_CONTENT = re.compile(r"responsible ai|usage guidelines|safety filter|support codes?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GoogleError:
    status: str | None = None
    """The canonical code, such as RESOURCE_EXHAUSTED."""
    message: str = ""
    """Never shown and never logged: it may hold the prompt."""
    reasons: tuple[str, ...] = ()
    retry_delay: float | None = None
    """Seconds."""
    daily: bool = False
    """Whether a quota of the whole day is used up."""

    @property
    def codes(self) -> str:
        """For the log: codes only, no free text."""
        found = [code for code in (self.status, *self.reasons) if code is not None]
        return " ".join([*found, *(["daily quota"] if self.daily else [])]) or "no code"

    @property
    def wait(self) -> float | None:
        """Seconds after which asking again makes sense; the header of the answer is not told apart here."""
        if self.daily:
            return max(DAILY_WAIT, self.retry_delay or 0)
        return self.retry_delay


def google_failure(answer: HttpAnswer) -> UpstreamError:
    """The outcome of an answer that is no success: status first, then what the error object says more exactly."""
    error = read_error(answer.json())
    if answer.status == HTTPStatus.BAD_REQUEST and _CONTENT.search(error.message):
        return ContentRefused(error.codes, status=answer.status)
    usual = failure(answer, error.codes)
    if isinstance(usual, Refused) and error.wait is not None:
        return Refused(error.codes, status=answer.status, retry_after=max(error.wait, usual.retry_after or 0))
    return usual


def read_error(body: object) -> GoogleError:
    """What `body` says; some endpoints wrap the object in a list of one, front ends send no JSON at all."""
    match body:
        case [dict(first), *_]:
            return read_error(first)
        case {"error": dict(error)}:
            return _error(error)
        case _:
            return GoogleError()


def code(value: object) -> str | None:
    """`value` where it is a short code that may stand in a log."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else None


def _error(error: Mapping[str, object]) -> GoogleError:
    message = error.get("message")
    details = error.get("details")
    known = [detail for detail in details if isinstance(detail, dict)] if isinstance(details, list) else []
    return GoogleError(
        status=code(error.get("status")),
        message=message if isinstance(message, str) else "",
        reasons=tuple(reason for detail in known if (reason := code(detail.get("reason")))),
        retry_delay=next((delay for detail in known if (delay := _delay(detail.get("retryDelay"))) is not None), None),
        daily=any(_A_DAY.search(quota) for detail in known for quota in _quotas(detail)),
    )


def _delay(value: object) -> float | None:
    """A duration as protobuf writes it in JSON: "7s", "0.5s"."""
    match = _DELAY.fullmatch(value) if isinstance(value, str) else None
    return float(match[1]) if match else None


def _quotas(detail: Mapping[str, object]) -> Iterator[str]:
    violations = detail.get("violations")
    for violation in violations if isinstance(violations, list) else []:
        if isinstance(violation, dict):
            yield f"{violation.get('quotaId')} {violation.get('quotaMetric')}"
