"""Speaks to a gateway: orders and answers, its error objects, its event stream, connections that break."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientPayloadError,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientSSLError,
    ConnectionTimeoutError,
    FormData,
)

from gateway.client.events import COMMENT, events
from gateway.client.failures import Answered, Lost, Unreached, Unusable
from gateway.client.orders import Order
from gateway.client.terminal import Wait

WAITS = (1, 2, 4)
"""Seconds after which a broken connection is taken up again, as the guide tells every client."""
_PROGRESS = re.compile(rb"progress ([0-9.]+)")
_TIMEOUT = "Server polling timeout"


@dataclass(frozen=True, slots=True)
class Made:
    """One picture as it came; nothing is checked yet."""

    data: bytes
    revised_prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    pictures: tuple[Made, ...]
    upstream: str | None
    """The backend's name, where the gateway tells it."""


class Api:
    def __init__(
        self,
        session: ClientSession,
        address: str,
        token: str | None = None,
        *,
        proxy: str | None = None,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._session = session
        self._address = address
        self._token = token
        self._proxy = proxy
        self._pause = pause

    async def make(self, order: Order, wait: Wait, *, patience: float = 0) -> Answer:
        """Have the pictures made. A broken connection is taken up again under the key of the order, which pays once.

        `patience`: seconds in all that a busy gateway is waited for.

        Raises:
            Failure: it did not go well.
        """
        waits, lost = iter(WAITS), None
        while True:
            try:
                return await self._once(order, wait)
            except Answered as refusal:
                seconds = refusal.retry_after or WAITS[0]
                patience -= seconds
                if not refusal.is_busy or patience < 0:
                    raise
                wait.say(f"The gateway is busy, asking again in {seconds} s")
                await self._pause(seconds)
            except (Lost, Unreached) as broken:
                lost = broken if isinstance(broken, Lost) else lost
                again = next(waits, None)
                if lost is None or lost.is_final or again is None:
                    raise (lost or broken) from broken  # a gateway that restarts is not there for a moment
                wait.say(f"Connection lost, asking again in {again} s")
                await self._pause(again)

    async def _once(self, order: Order, wait: Wait) -> Answer:
        try:
            return await self._exchange(order, wait)
        except ClientSSLError as error:
            raise Unreached(f"No safe connection to {self._address}: {_reason(error)}", _ADVICE_TLS) from error
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise Unreached(f"Nobody answers at {self._address}: {_reason(error)}") from error
        except ClientResponseError as error:
            raise Unusable(f"What answers at {self._address} does not speak HTTP", _ADVICE_FOREIGN) from error
        except TimeoutError as error:
            raise Lost("No answer came in time (--timeout)", order.key, is_final=True) from error
        except (ClientConnectionError, ClientPayloadError) as error:
            raise Lost("The connection to the gateway was lost", order.key) from error

    async def _exchange(self, order: Order, wait: Wait) -> Answer:
        headers = {"Idempotency-Key": order.key, "Accept": "application/json, text/event-stream"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        body = order.body()
        content: Mapping[str, Any] = {"data": body} if isinstance(body, FormData) else {"json": body}
        # Not followed: a POST would become a GET, and the token would go to whoever was named.
        asking = self._session.post(
            self._address + order.path, headers=headers, proxy=self._proxy, allow_redirects=False, **content
        )
        async with asking as response:
            wait.progress(None)
            if response.status != HTTPStatus.OK:
                raise await self._refusal(response)
            pictures = await (_streamed if response.content_type == "text/event-stream" else _plain)(response, wait)
            if not pictures:
                raise Lost("The answer ended before a picture came", order.key)
            return Answer(tuple(pictures), response.headers.get("X-Upstream"))

    async def _refusal(self, response: ClientResponse) -> Answered | Unusable:
        if response.status in range(300, 400):
            led = response.headers.get("Location", "nowhere")
            return Unusable(f"{self._address} leads to {led}", "Give that address, without its path, as --gateway.")
        error = _error_of(await response.read())
        wait = response.headers.get("Retry-After", "")
        return Answered(
            response.status,
            _text(error.get("message")) or f"{response.reason or 'no reason given'}",
            code=_text(error.get("code")),
            retry_after=int(wait) if wait.isdecimal() else None,
            should_retry=response.headers.get("x-should-retry") != "false",
            with_token=self._token is not None,
        )


async def _streamed(response: ClientResponse, wait: Wait) -> list[Made]:
    pictures = []
    async for name, data in events(response.content.iter_any()):
        if name == COMMENT:
            found = _PROGRESS.match(data)
            wait.progress(float(found[1]) if found else None)
        elif name == "error":
            raise _told(_error_of(data))
        elif name.endswith(".completed"):
            pictures.append(_made(_json(data)))
    return pictures


async def _plain(response: ClientResponse, _: Wait) -> list[Made]:
    """Upscales, and gateways that do not stream."""
    items = _json(await response.read()).get("data")
    return [_made(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _made(item: Mapping[str, Any]) -> Made:
    try:
        data = base64.b64decode(item["b64_json"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable("The answer holds no picture", _ADVICE_FOREIGN) from error
    return Made(data, _text(item.get("revised_prompt")))


def _json(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unusable("The answer is no JSON", _ADVICE_FOREIGN)
    return found


def _error_of(data: bytes) -> dict[str, Any]:
    """The error object, or an empty one: a proxy's page is no JSON."""
    try:
        error = json.loads(data)["error"]
    except (ValueError, TypeError, KeyError):
        return {}
    return error if isinstance(error, dict) else {}


def _told(error: Mapping[str, Any]) -> Answered:
    """An `error` event has no status line; its type tells what the status would have been. Work had begun by then."""
    message = _text(error.get("message")) or "The work failed"
    known = {"invalid_request_error": HTTPStatus.BAD_REQUEST, "rate_limit_error": HTTPStatus.TOO_MANY_REQUESTS}
    failed = HTTPStatus.GATEWAY_TIMEOUT if message == _TIMEOUT else HTTPStatus.INTERNAL_SERVER_ERROR
    status = known.get(str(error.get("type")), failed)
    return Answered(status, message, code=_text(error.get("code")), should_retry=False)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _reason(error: Exception) -> str:
    """In the system's own words; asyncio's speak of addresses as Python writes them."""
    cause = getattr(error, "os_error", None) or error.__cause__ or error
    number = getattr(cause, "errno", None)
    if isinstance(number, int) and number > 0 and not isinstance(error, ClientSSLError):
        return os.strerror(number)
    return getattr(cause, "strerror", None) or str(cause) or "no answer"


_ADVICE_TLS = "A certificate of your own: name its authority's file in SSL_CERT_FILE."
_ADVICE_FOREIGN = "Is there a gateway at this address? See --gateway."
