"""The set of tokens: who is found, until when, and how it may change."""

from __future__ import annotations

from typing import Any

import pytest
from support.clocks import LeapingClock

from gateway.config import AuthConfig
from gateway.config_file import ConfigError
from gateway.tokens import Tokens


def auth(*tokens: dict[str, Any]) -> AuthConfig:
    return AuthConfig.model_validate({"tokens": list(tokens)})


WEB = {"name": "web", "token": "web-token"}
BATCH = {"name": "batch", "token": "batch-token"}


def test_a_token_brings_what_it_is_allowed() -> None:
    limits = {"requests_per_minute": 60, "images_per_day": 100, "max_in_flight": 4}
    tokens = Tokens(auth({**WEB, "models": ["a", "b"], "expires": "2030-12-31", **limits}), LeapingClock())

    found = tokens.find(b"web-token")

    assert found is not None
    assert (found.name, found.models, found.expires) == ("web", frozenset("ab"), 1924905600.0)
    assert {name: getattr(found, name) for name in limits} == limits


@pytest.mark.parametrize("presented", [b"", b"web-toke", b"web-token2", b"WEB-TOKEN", b"web-token\n", b"\xff"])
def test_anything_else_is_no_token(presented: bytes) -> None:
    assert Tokens(auth(WEB, BATCH), LeapingClock()).find(presented) is None


@pytest.mark.parametrize(("now", "good"), [(946684799.9, True), (946684800, False), (2e9, False)])
def test_a_token_ends_at_its_moment(now: float, good: bool) -> None:  # noqa: FBT001 - a parameter of the test
    clock = LeapingClock()
    tokens = Tokens(auth({**WEB, "expires": "2000-01-01T02:00:00+02:00"}), clock)

    clock.now = now

    assert (tokens.find(b"web-token") is not None) is good


def test_expired_tokens_still_close_the_door() -> None:
    clock = LeapingClock()
    clock.now = 2e9

    assert not Tokens(auth({**WEB, "expires": "2000-01-01"}), clock).is_open


def test_tokens_may_be_replaced() -> None:
    tokens = Tokens(auth(WEB), LeapingClock())
    tokens.replace(auth(BATCH))

    assert tokens.find(b"web-token") is None
    assert tokens.find(b"batch-token") is not None


def test_an_open_gateway_may_be_closed_and_a_closed_one_not_opened() -> None:
    tokens = Tokens(auth(), LeapingClock())
    tokens.replace(auth())
    tokens.replace(auth(WEB))

    with pytest.raises(ConfigError, match="restart"):
        tokens.replace(auth())

    assert tokens.find(b"web-token") is not None


def test_a_token_does_not_print_its_digest() -> None:
    assert "digest" not in repr(Tokens(auth(WEB), LeapingClock()).find(b"web-token"))
