"""A configuration that is followed serves whole, or nothing of it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.backends import Backends, make_backends
from gateway.config import Config
from gateway.config_file import ConfigError
from gateway.generations import Generation, Generations
from gateway.metrics import Metrics

GAUGE = "gateway_upstream_breaker_open"


class Part:
    """Of a configuration; opens unless it is told not to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.is_open = False

    async def open(self) -> None:
        if self.fails:
            raise ConfigError(["upstreams: no such thing"])
        self.is_open = True

    async def close(self) -> None:
        self.is_open = False


@dataclass(frozen=True)
class Parts(Backends):
    """Backends whose parts are those that a test gives."""

    given: tuple[Part, ...] = ()

    @property
    def parts(self) -> Any:
        return self.given


def upstreams(*names: str) -> Config:
    return Config.model_validate({"upstreams": {name: {"driver": "local"} for name in names}})


class House:
    def __init__(self) -> None:
        self.metrics = Metrics()
        self.next_parts: tuple[Part, ...] = ()
        self.generations = Generations(self.make, upstreams("local"), self.metrics)

    def make(self, config: Config, before: Backends | None) -> Generation:
        made = make_backends(config, self.metrics, before=before)
        backends = Parts(
            made.config, made.rules, made.tools, made.upstreams, made.models, made.members, given=self.next_parts
        )
        nothing: Any = None
        return Generation(config, backends, {}, nothing, nothing, nothing, lambda: "")

    def shown(self) -> set[str]:
        """Upstreams of which the metrics tell."""
        return {
            sample.labels["upstream"]
            for family in self.metrics.registry.collect()
            for sample in family.samples
            if sample.name == GAUGE
        }


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.generations.open()
    yield house
    await house.generations.close()


async def test_what_was_opened_of_a_refused_configuration_is_closed_again(house: House) -> None:
    good, bad = Part(), Part(fails=True)
    house.next_parts = good, bad
    before = house.generations.today

    with pytest.raises(ConfigError):
        await house.generations.follow(upstreams("local", "other"))

    assert not good.is_open
    assert house.generations.today is before


async def test_metrics_tell_of_nothing_that_does_not_serve(house: House) -> None:
    house.next_parts = (Part(fails=True),)
    with pytest.raises(ConfigError):
        await house.generations.follow(upstreams("local", "other"))
    assert house.shown() == {"local"}

    house.next_parts = (Part(),)
    await house.generations.follow(upstreams("local", "other"))
    assert house.shown() == {"local", "other"}
