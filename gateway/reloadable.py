"""Which keys a changed configuration may bring while the gateway serves, and which of them wait for a restart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from gateway.config import Config, Section

RELOADED: Mapping[str, frozenset[str] | None] = MappingProxyType(
    {
        "auth": None,
        "models": None,
        "defaults": None,
        "upstreams": None,
        "inputs": None,
        "upscale": None,
        "log": None,
        "cache": frozenset({"ttl", "methods", "shared"}),
        "images": frozenset({"fit", "signed", "signing_secrets", "link_ttl"}),
        "metrics": frozenset({"token"}),
        "server": frozenset(
            {"max_body", "body_timeout", "request_timeout", "max_in_flight", "drain_timeout", "drain_delay"}
        ),
    }
)
"""Section -> its keys that are taken; None means all. Sockets, stores and connections of ours are made once."""


class Change(NamedTuple):
    """What of a configuration is taken, as names of sections and keys."""

    taken: tuple[str, ...]
    needs_restart: tuple[str, ...]


def merged(running: Config, wanted: Config) -> tuple[Config, Change]:
    """`wanted` as far as it can be had now: every key that needs a restart stays as it is in `running`."""
    sections: dict[str, object] = {}
    for name in Config.model_fields:
        now, new, keys = getattr(running, name), getattr(wanted, name), RELOADED.get(name, frozenset())
        sections[name] = new if keys is None else now.model_copy(update={key: getattr(new, key) for key in keys})
    effective = running.model_copy(update=sections)
    return effective, Change(tuple(_differences(running, effective)), tuple(_differences(effective, wanted)))


def _differences(before: Config, after: Config) -> Iterator[str]:
    """The name of each section that differs, or of its keys where not all of them are treated alike."""
    for name in Config.model_fields:
        one, other = getattr(before, name), getattr(after, name)
        if one == other:
            continue
        if name in RELOADED and RELOADED[name] is None:
            yield name
        else:
            yield from (f"{name}.{key}" for key in _keys(one) if getattr(one, key) != getattr(other, key))


def _keys(section: Section) -> tuple[str, ...]:
    return tuple(type(section).model_fields)
