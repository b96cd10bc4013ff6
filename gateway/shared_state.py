"""Redis or Valkey, for what replicas share and can do without: it is asked briefly, and left alone while it is down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from gateway.clock import Clock
from gateway.config_file import ConfigError
from gateway.logs import event
from gateway.metrics import Metrics
from gateway.silence import Silence

if TYPE_CHECKING:
    from redis.asyncio import Redis

SILENT_FOR = 0.25
"""Seconds without any answer after which it is left alone. What it saves is worth no more waiting."""
ANSWER_WITHIN = 1.0
"""Seconds for one question while others are answered, such as in a burst of many."""
LOOK_EVERY = 1.0
"""Seconds between two looks at one that is down. Nobody's request waits for them."""
CONNECTIONS = 8
"""Each carries thousands of questions a second, and making many at once in a burst would look like silence."""
PREFIX = "nano-banana-gateway:"

Reply: TypeAlias = Sequence[bytes]

_log = logging.getLogger("gateway.shared_state")


class SharedStateDown(Exception):
    """Nothing can be shared now. Whoever asked goes on with what this process knows."""


class SharedValues(Protocol):
    """Keys and values that other processes see too. Every verb raises `SharedStateDown`."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, ttl: float) -> None:
        """`ttl` in seconds."""


class SharedState(SharedValues, Protocol):
    """What all replicas see. It takes half a second at most to tell that it is down."""

    async def run(self, script: str, key: str, *arguments: str) -> Reply:
        """Run Lua on one key, at once and alone; it answers a list of texts."""


class RedisState:
    """A `SharedState`. Goes down with the first failure and comes back when a look in the background finds it well.

    Whoever waits for an answer when it goes down waits no longer.
    """

    def __init__(self, url: str, metrics: Metrics, clock: Clock) -> None:
        """Does no I/O.

        Raises:
            ConfigError: the package is missing, or `url` is none.
        """
        self._redis = _client(url)
        self._clock = clock
        self._gauge = metrics.shared_state_up.labels("redis")
        self._failures = metrics.shared_state_failures.labels("redis")
        self._silence = Silence(SILENT_FOR, ANSWER_WITHIN)
        self._up = True
        self._gauge.set(1)
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """
        Raises:
            ConfigError: it refuses the password. One that does not answer may be back in a minute.
        """
        from redis.exceptions import AuthenticationError, AuthorizationError, NoPermissionError  # noqa: PLC0415

        try:
            await self._silence.broken(self._redis.set(f"{PREFIX}hello", b"1", px=1000))
        except (AuthenticationError, AuthorizationError, NoPermissionError) as error:
            raise ConfigError([_refusal(error)]) from error
        except Exception as error:  # noqa: BLE001 - a broken server makes the client raise whatever
            self._failed(error)
        self._looking = asyncio.create_task(self._look())

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        await self._redis.aclose()

    async def get(self, key: str) -> bytes | None:
        found = await self._ask(lambda: self._redis.get(PREFIX + key))
        return found if isinstance(found, bytes) else None

    async def put(self, key: str, value: bytes, ttl: float) -> None:
        await self._ask(lambda: self._redis.set(PREFIX + key, value, px=max(1, int(ttl * 1000))))

    async def run(self, script: str, key: str, *arguments: str) -> Reply:
        ready = self._redis.register_script(script)
        reply = await self._ask(lambda: ready(keys=[PREFIX + key], args=arguments))
        if not isinstance(reply, list) or not all(isinstance(part, bytes) for part in reply):
            error = TypeError("the script's answer is none")
            self._failed(error)
            raise SharedStateDown from error
        return reply

    async def _ask(self, question: Callable[[], Awaitable[Any]]) -> object:
        if not self._up:
            raise SharedStateDown
        try:
            return await self._silence.broken(question())
        except Exception as error:
            self._failed(error)
            raise SharedStateDown from error

    def _failed(self, error: Exception) -> None:
        self._failures.inc()
        if self._up:
            self._change(up=False)
            self._silence.give_up()
            event(_log, logging.WARNING, "redis is down, each replica goes by itself", cause=type(error).__name__)

    def _change(self, *, up: bool) -> None:
        self._up = up
        self._gauge.set(int(up))

    async def _look(self) -> None:
        while True:
            await self._clock.sleep(LOOK_EVERY)
            if self._up:
                continue
            try:
                await self._silence.broken(self._redis.set(f"{PREFIX}hello", b"1", px=1000))
            except Exception:  # noqa: BLE001, S112 - down it stays, which was logged when it went
                continue
            self._change(up=True)
            event(_log, logging.INFO, "redis is back, replicas share again")


def _refusal(error: Exception) -> str:
    """The server's own words hold no secret; what they mean here depends on them."""
    text = str(error).lower()
    if "authentication required" in text or "already authenticated" in text:  # by the protocol's version
        return (
            "cache.redis_url: Redis asks for a password: redis://:password@host:6379/0, or the whole address in a file"
            " that cache.redis_url_file names"
        )
    return "cache.redis_url: Redis refuses this user and password, or allows them too little"


def _client(url: str) -> Redis:
    try:
        from redis.asyncio import BlockingConnectionPool, Redis  # noqa: PLC0415 - an extra
        from redis.asyncio.retry import Retry  # noqa: PLC0415 - likewise
        from redis.backoff import NoBackoff  # noqa: PLC0415 - likewise
    except ModuleNotFoundError as error:
        missing = "cache.redis_url: needs one more package: pip install 'nano-banana-gateway[redis]'"
        raise ConfigError([missing]) from error
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=ANSWER_WITHIN,
            socket_timeout=ANSWER_WITHIN,
            socket_connect_timeout=ANSWER_WITHIN,
            retry=Retry(NoBackoff(), 1),  # a connection that a restart of the server has closed
        )
    except ValueError as error:
        raise ConfigError(["cache.redis_url: an address such as redis://user:password@host:6379/0"]) from error
    return Redis.from_pool(pool)
