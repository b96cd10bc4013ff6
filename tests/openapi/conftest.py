"""Documents of made-up configurations, with a backend that can do everything."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from support.description import Description
from support.models import Configured

from gateway.config import Config, UpstreamSettings
from gateway.images import Operation
from gateway.models import Models
from gateway.openapi.document import document
from gateway.upstreams.base import Capabilities, Capability


@pytest.fixture
def configured() -> Configured:
    """Models of a configuration with these sections, behind one backend that takes `seed`."""

    def make(**sections: Mapping[str, object]) -> Models:
        config = Config.model_validate({"upstreams": {"local": UpstreamSettings(driver="local")}, **sections})
        able = {operation: Capability() for operation in Operation}
        return Models(config, {"local": Capabilities(able, frozenset({"seed"}))})

    return make


@pytest.fixture
def ours(configured: Configured) -> Description:
    """The document of the built-in defaults."""
    return Description(document(configured(), server=None, secured=False))
