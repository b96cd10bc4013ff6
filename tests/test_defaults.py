"""The limits that a gateway has when nothing is said (S8, I1, H2, R1, R2, R5, U3, L1, L2)."""

from __future__ import annotations

import pytest

from gateway import connections
from gateway.config import Config
from gateway.config_file import parse
from gateway.connections import ConnectionLimits
from gateway.hosting.names import HALF_TOKEN
from gateway.imaging.limits import PictureLimits
from gateway.imaging.workers import DECODE_BUDGET
from gateway.inputs import arriving, json_body
from gateway.inputs.fetch import FetchRules
from gateway.server import connection_limits
from gateway.upstreams import DRIVER_SETTINGS, breaker, http, retry

MIB = 2**20
WEB = frozenset({80, 443})


@pytest.fixture
def config() -> Config:
    return parse({}, DRIVER_SETTINGS, {})


def test_bodies_and_pictures(config: Config) -> None:
    assert config.server.max_body == 32 * MIB
    assert (config.inputs.max_size, config.inputs.max_pixels) == (20 * MIB, 40_000_000)
    assert PictureLimits().max_side == 16_384
    assert config.upscale.max_output_pixels == 64_000_000
    assert DECODE_BUDGET == 256 * MIB


def test_heads_and_fields() -> None:
    assert (connections.LONGEST_LINE, connections.LONGEST_HEADER) == (64 * 1024, 8 * 1024)
    assert arriving.MOST_FIELDS == 100
    assert (json_body.DEEPEST, json_body.MOST_DIGITS) == (64, 32)


def test_times_of_a_connection(config: Config) -> None:
    assert connection_limits(config.server) == ConnectionLimits(config.server.max_connections, 20, 30, 75)
    assert config.server.body_timeout == 60


def test_fetching(config: Config) -> None:
    rules = FetchRules()
    assert (rules.connect_timeout, rules.timeout, rules.redirects, rules.ports) == (3, 20, 3, WEB)
    assert (config.inputs.timeout, config.inputs.ports) == (20, WEB)


def test_upstreams(config: Config) -> None:
    assert (http.CONNECT_TIMEOUT, config.upstreams["local"].timeout) == (5, 300)
    assert (breaker.FAILED_SHARE, breaker.FEWEST, breaker.WINDOW) == (0.8, 20, 30)
    assert (breaker.UNREACHED_IN_A_ROW, breaker.QUIET, breaker.OPEN_FOR) == (5, 5, 30)
    assert (retry.MOST_ATTEMPTS, retry.SUCCESS_EARNS, retry.RETRY_COSTS, retry.FULL) == (3, 0.5, 1, 10)


def test_load_and_draining(config: Config) -> None:
    assert config.server.max_in_flight == 256 + 256
    assert config.upstreams["local"].queue == 256
    assert (config.server.drain_timeout, config.server.drain_delay) == (25, 5)


def test_names() -> None:
    assert HALF_TOKEN * 5 >= 128
