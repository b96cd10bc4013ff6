"""Of a changed configuration, what is had now and what waits for a restart."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.config import Config
from gateway.config_file import parse
from gateway.reloadable import RELOADED, Change, merged
from gateway.upstreams import DRIVER_SETTINGS


def config(**sections: Any) -> Config:
    return parse(sections, DRIVER_SETTINGS, {})


def test_every_key_in_the_table_exists() -> None:
    for section, keys in RELOADED.items():
        field = Config.model_fields[section]
        if keys is not None:
            assert keys < set(type(field.default).model_fields), section  # whole sections are written as None


def test_nothing_new_changes_nothing() -> None:
    assert merged(config(), config()) == (config(), Change((), ()))


def test_a_section_that_is_taken_whole_is_named_whole() -> None:
    effective, change = merged(config(), config(inputs={"timeout": 1, "ports": [1]}))

    assert effective.inputs.timeout == 1
    assert change == Change(("inputs",), ())


@pytest.mark.parametrize("key", ["host", "port", "workers", "max_connections", "public_url"])
def test_what_is_made_once_stays(key: str) -> None:
    values = {"host": "::1", "port": 1, "workers": 2, "max_connections": 9, "public_url": "https://a.example"}

    effective, change = merged(config(), config(server={key: values[key], "request_timeout": 5}))

    assert getattr(effective.server, key) == getattr(config().server, key)
    assert effective.server.request_timeout == 5
    assert change == Change(("server.request_timeout",), (f"server.{key}",))


def test_what_waits_is_named_each_time_until_the_restart() -> None:
    running, wanted = config(), config(images={"ttl": 5, "fit": "pad"})

    running, first = merged(running, wanted)
    _, second = merged(running, wanted)

    assert first == Change(("images.fit",), ("images.ttl",))
    assert second == Change((), ("images.ttl",))
