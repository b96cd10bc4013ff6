"""The driver table: name -> how to read its keys and how to make it. Adding a driver is one file and one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from gateway.config import UpstreamSettings
from gateway.upstreams.automatic1111 import Automatic1111Settings, Automatic1111Upstream
from gateway.upstreams.base import Upstream
from gateway.upstreams.comfyui import ComfyUISettings, ComfyUIUpstream
from gateway.upstreams.gemini import GeminiSettings, GeminiUpstream
from gateway.upstreams.local import LocalSettings, LocalUpstream
from gateway.upstreams.nanobanana import NanoBananaSettings, NanoBananaUpstream
from gateway.upstreams.openai import OpenAISettings, OpenAIUpstream
from gateway.upstreams.tools import Tools
from gateway.upstreams.vertex import VertexSettings, VertexUpstream


class Driver(NamedTuple):
    settings: type[UpstreamSettings]
    make: Callable[[str, Any, Tools], Upstream]
    """Takes the configured name, settings of that type, and the tools; does no I/O."""


DRIVERS: Mapping[str, Driver] = MappingProxyType(
    {
        "automatic1111": Driver(Automatic1111Settings, Automatic1111Upstream),
        "comfyui": Driver(ComfyUISettings, ComfyUIUpstream),
        "gemini": Driver(GeminiSettings, GeminiUpstream),
        "local": Driver(LocalSettings, LocalUpstream),
        "nanobanana": Driver(NanoBananaSettings, NanoBananaUpstream),
        "openai": Driver(OpenAISettings, OpenAIUpstream),
        "vertex": Driver(VertexSettings, VertexUpstream),
    }
)

DRIVER_SETTINGS = MappingProxyType({name: driver.settings for name, driver in DRIVERS.items()})


def make_upstreams(settings: Mapping[str, UpstreamSettings], tools: Tools) -> dict[str, Upstream]:
    return {name: DRIVERS[keys.driver].make(name, keys, tools) for name, keys in settings.items()}
