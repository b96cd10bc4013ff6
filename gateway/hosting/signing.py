"""Links to hosted pictures: plain ones, whose secret is the name, and signed ones, which also end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from multidict import MultiMapping

from gateway.clock import Clock
from gateway.config import ImagesConfig
from gateway.hosting.names import HostedName

PREFIX = "/images/"
EXPIRES, SIGNATURE = "expires", "signature"
_PURPOSE = b"nano-banana-gateway hosted picture 1"
"""Signed with every link: a secret that signs something else too makes no link by it."""
_SECONDS = re.compile(r"[1-9][0-9]{0,11}")


@dataclass(frozen=True, slots=True)
class Access:
    """What a good link grants."""

    seconds_left: float = math.inf
    """For which the link itself is still good."""
    private: bool = False
    """Whether what it leads to may be kept by its holder alone, and by no cache in between."""


class Links(Protocol):
    """Makes the links to hosted pictures, and judges those that come back."""

    def path(self, name: HostedName) -> str:
        """Path and query of a link to `name`, made now."""

    def access(self, filename: str, query: MultiMapping[str]) -> Access | None:
        """What the link grants; None when it is not a good one. Does not ask whether there is such a picture."""


class PlainLinks:
    """The name is all it takes, and nobody guesses one."""

    def path(self, name: HostedName) -> str:
        return f"{PREFIX}{name}"

    def access(self, filename: str, query: MultiMapping[str]) -> Access | None:  # noqa: ARG002 - the protocol's
        return Access()


class SignedLinks:
    """A signature that covers the name and the end of the link, and nothing that a proxy may change on the way."""

    def __init__(
        self,
        secrets: Sequence[str],
        clock: Clock,
        expires_at: Callable[[HostedName], float],
        ttl: float | None = None,
    ) -> None:
        """
        Args:
            secrets: the first signs, all verify.
            clock: tells when a link ends.
            expires_at: when a picture ends, in seconds since 1970; no link outlives its picture.
            ttl: seconds that a link is good for, counted from when it is written.
        """
        self._keys = [secret.encode() for secret in secrets]
        self._clock = clock
        self._expires_at = expires_at
        self._ttl = math.inf if ttl is None else ttl

    def path(self, name: HostedName) -> str:
        expires = str(int(min(self._expires_at(name), self._clock.time() + self._ttl)))
        return f"{PREFIX}{name}?{EXPIRES}={expires}&{SIGNATURE}={_signature(self._keys[0], str(name), expires)}"

    def access(self, filename: str, query: MultiMapping[str]) -> Access | None:
        expires, signature = _only(query, EXPIRES), _only(query, SIGNATURE)
        if not _SECONDS.fullmatch(expires):
            return None
        sent = signature.encode("utf-8", "surrogateescape")
        # Every key is tried, whichever is right, so that time tells nothing of them.
        right = [hmac.compare_digest(sent, _signature(key, filename, expires).encode()) for key in self._keys]
        seconds_left = int(expires) - self._clock.time()
        return Access(seconds_left, private=True) if any(right) and seconds_left > 0 else None


def make_links(config: ImagesConfig, clock: Clock, expires_at: Callable[[HostedName], float]) -> Links:
    if not config.signed:
        return PlainLinks()
    secrets = [secret.get_secret_value() for secret in config.signing_secrets]
    return SignedLinks(secrets, clock, expires_at, config.link_ttl)


def _only(query: MultiMapping[str], name: str) -> str:
    """Twice is as wrong as never: two readers of one address might each look at another."""
    values = query.getall(name, [])
    return values[0] if len(values) == 1 else ""


def _signature(key: bytes, filename: str, expires: str) -> str:
    """URL-safe base64 of 32 bytes. Each part is preceded by its length, so no two texts run together to one."""
    parts = (_PURPOSE, filename.encode("utf-8", "surrogateescape"), expires.encode())
    text = b"".join(b"%d:%s," % (len(part), part) for part in parts)
    return base64.urlsafe_b64encode(hmac.digest(key, text, hashlib.sha256)).rstrip(b"=").decode()
