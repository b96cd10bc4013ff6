"""What can go wrong on the way to a picture, what to do about it, and what the command exits with.

Failure
├── Unusable      1  what was given or what came is no picture, a file cannot be written
├── Unreached     3  nobody answers at the address; nothing was sent
├── Lost          3  the connection broke, also when it was taken up again
└── Answered         the gateway's own error: 3 for what may go well later, 1 for all else
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import ClassVar

FAILED, LATER, INTERRUPTED = 1, 3, 130
"""Exit statuses: change something; the same may go well later; Ctrl-C, as shells tell it. 2 is wrong usage."""


class Failure(Exception):
    """The message is for people; it may hold what a gateway sent, so it is shown by way of `printable`."""

    exit_status: ClassVar[int] = FAILED

    @property
    def advice(self) -> str:
        return ""


class Unusable(Failure):
    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self._advice = advice

    @property
    def advice(self) -> str:
        return self._advice


class Unreached(Failure):
    exit_status = LATER

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self._advice = advice

    @property
    def advice(self) -> str:
        return self._advice or _IS_IT_THERE


class Lost(Failure):
    """What was sent may have been done: only the same key finds it without paying twice."""

    exit_status = LATER

    def __init__(self, message: str, key: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self._key = key
        self.is_final = is_final
        """Whether it was waited for long enough."""

    @property
    def advice(self) -> str:
        return (
            f"The pictures may be made all the same. The same command with --key {self._key} gets them, and pays once."
        )


class Answered(Failure):
    """The gateway said no, with the status and the keys of its error object."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        retry_after: int | None = None,
        should_retry: bool = True,
        with_token: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        """Seconds to wait, where it said so."""
        self._should_retry = should_retry
        self._with_token = with_token

    def __str__(self) -> str:
        return f"{self.status}: {self.args[0]}"

    @property
    def is_busy(self) -> bool:
        """Whether the very same is welcome after a while."""
        return self.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}

    @property
    def exit_status(self) -> int:  # type: ignore[override]  # it depends on the answer
        failed = self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return LATER if self.is_busy or (failed and self._should_retry) else FAILED

    @property
    def advice(self) -> str:
        if self.status == HTTPStatus.UNAUTHORIZED:
            return _WRONG_TOKEN if self._with_token else _NO_TOKEN
        if self.is_busy:
            wait = f"in {self.retry_after} s" if self.retry_after else "later"
            return f"Ask again {wait}, or let --wait do that."
        if self.code == "content_policy_violation":
            return "The backend will not do this. Say it in other words."
        if self.code == "model_not_found":
            return "The address /v1/models lists the models, and what each can do."
        if self.status in _ADVICE:
            return _ADVICE[self.status]
        if self.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _AGAIN if self._should_retry else _BILLED
        return ""  # the gateway's own words say what to change


_IS_IT_THERE = "Is it running, and is the address right (--gateway)? `nano-banana-gateway` alone starts one here."
_NO_TOKEN = "This gateway asks for a token: put it into NANO_BANANA_TOKEN, or into a file for --token-file."  # noqa: S105 - words
_WRONG_TOKEN = "It is not this gateway's token, or it has expired. Its operator makes another."  # noqa: S105 - words
_AGAIN = "Ask again in a moment."
_BILLED = "A backend may have done and billed this already: ask again only if it may be billed again."
_ADVICE: Mapping[int, str] = MappingProxyType(
    {
        HTTPStatus.FORBIDDEN: "This token may not use this model. Ask the gateway's operator.",
        HTTPStatus.NOT_FOUND: "There may be no gateway at this address: see --gateway.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Make the picture smaller first.",
        HTTPStatus.UNPROCESSABLE_ENTITY: "Leave --key out, or repeat the command to which it belongs word by word.",
    }
)
