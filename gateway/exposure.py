"""What a configuration lays open, in words for whoever starts the gateway."""

from __future__ import annotations

import ipaddress
import stat
from collections.abc import Iterable, Iterator

from gateway.config import Config
from gateway.config_file import Source

FREE_DRIVERS = frozenset({"local", "automatic1111", "comfyui"})
"""Their pictures cost electricity; those of all others may be billed."""


def warnings(config: Config, sources: Iterable[Source]) -> list[str]:
    """One sentence for each exposure, none where there is none. Serving goes on all the same."""
    return [*_openness(config), *_readable_secrets(sources)]


def _openness(config: Config) -> Iterator[str]:
    """At most one: the worse includes the lesser."""
    if config.auth.tokens:
        return
    paid = [name for name, keys in config.upstreams.items() if keys.driver not in FREE_DRIVERS]
    if paid and "*" in config.cors.origins:
        yield (
            "anybody who reaches this gateway, and every web page that they open, can spend money on"
            f" {', '.join(paid)}: configure auth.tokens, or else list the pages in cors.origins"
        )
    elif not is_loopback(config.server.host):
        yield f"everybody who reaches {config.server.host} may use this gateway: configure auth.tokens"


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _readable_secrets(sources: Iterable[Source]) -> Iterator[str]:
    for source in sources:
        mode = stat.S_IMODE(source.status.st_mode)
        if source.key and mode & (stat.S_IRGRP | stat.S_IROTH):
            yield f"{source.key}: other accounts of this machine may read {source.path} (mode {mode:o}): chmod 600 it"
