"""The bearer tokens: who holds one, what each is allowed, and a set of them that can change while it is asked."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from gateway.clock import Clock
from gateway.config import AuthConfig, TokenConfig
from gateway.config_file import ConfigError


@dataclass(frozen=True, slots=True)
class Token:
    name: str
    digest: bytes = field(repr=False)
    """SHA-256 of what its holder presents."""
    models: frozenset[str] | None = None
    """Ids or aliases of the models that it may use; None means all."""
    expires: float | None = None
    """Seconds since 1970, the first moment at which it is refused."""
    requests_per_minute: int | None = None
    images_per_day: int | None = None
    max_in_flight: int | None = None

    @property
    def is_counted(self) -> bool:
        """Whether what it asks for is counted over time."""
        return self.requests_per_minute is not None or self.images_per_day is not None

    @property
    def is_limited(self) -> bool:
        return self.is_counted or self.max_in_flight is not None


class Tokens:
    """The tokens of today. Whoever asks gets today's answer, so nobody keeps a copy."""

    def __init__(self, config: AuthConfig, clock: Clock) -> None:
        self._clock = clock
        self._tokens = tuple(_token(token) for token in config.tokens)

    def check(self, config: AuthConfig) -> None:
        """
        Raises:
            ConfigError: there are none any more. A file that is being written, or mounted, can look like that for
                a moment; a closed gateway is opened by a restart alone.
        """
        if self._tokens and not config.tokens:
            raise ConfigError(["auth.tokens: taking the last one away opens the gateway to all; restart it for that"])

    def replace(self, config: AuthConfig) -> None:
        """Take these tokens and no others from now on. What a token has used of its limits stays with its name.

        Raises ConfigError like `check`.
        """
        self.check(config)
        self._tokens = tuple(_token(token) for token in config.tokens)

    def __len__(self) -> int:
        return len(self._tokens)

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked for a token. Tokens that have all expired still close the door."""
        return not self._tokens

    def find(self, presented: bytes) -> Token | None:
        """The token that is spelled so, unless it has expired.

        Digests of equal length are compared with every token, so that time tells neither length, prefix nor place.
        """
        digest = hashlib.sha256(presented).digest()
        found = [token for token in self._tokens if hmac.compare_digest(digest, token.digest)]
        if not found or self._has_expired(found[0]):
            return None
        return found[0]

    def _has_expired(self, token: Token) -> bool:
        return token.expires is not None and token.expires <= self._clock.time()


def _token(config: TokenConfig) -> Token:
    return Token(
        name=config.name,
        digest=config.digest,
        models=frozenset(config.models) if config.models is not None else None,
        expires=config.expires.timestamp() if config.expires is not None else None,
        requests_per_minute=config.requests_per_minute,
        images_per_day=config.images_per_day,
        max_in_flight=config.max_in_flight,
    )
