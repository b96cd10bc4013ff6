"""The driver table: name -> how to read its keys and how to make it. Adding a driver is one file and one row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from gateway.config import UpstreamSettings
from gateway.upstreams.base import Upstream
from gateway.upstreams.tools import Tools


class Driver(NamedTuple):
    """Its module is read when it is first used: a gateway has one or two drivers, and starts without the rest."""

    module: str
    settings_name: str
    upstream_name: str

    @property
    def settings(self) -> type[UpstreamSettings]:
        """The keys that it takes."""
        return cast("type[UpstreamSettings]", getattr(self._loaded(), self.settings_name))

    @property
    def make(self) -> Callable[[str, Any, Tools], Upstream]:
        """Takes the configured name, settings of that type, and the tools; does no I/O."""
        return cast("Callable[[str, Any, Tools], Upstream]", getattr(self._loaded(), self.upstream_name))

    def _loaded(self) -> object:
        return import_module(f"gateway.upstreams.{self.module}")


DRIVERS: Mapping[str, Driver] = MappingProxyType(
    {
        "automatic1111": Driver("automatic1111", "Automatic1111Settings", "Automatic1111Upstream"),
        "comfyui": Driver("comfyui", "ComfyUISettings", "ComfyUIUpstream"),
        "gemini": Driver("gemini", "GeminiSettings", "GeminiUpstream"),
        "local": Driver("local", "LocalSettings", "LocalUpstream"),
        "nanobanana": Driver("nanobanana", "NanoBananaSettings", "NanoBananaUpstream"),
        "openai": Driver("openai", "OpenAISettings", "OpenAIUpstream"),
        "vertex": Driver("vertex", "VertexSettings", "VertexUpstream"),
    }
)


class _Settings(Mapping[str, type[UpstreamSettings]]):
    def __getitem__(self, name: str) -> type[UpstreamSettings]:
        return DRIVERS[name].settings

    def __iter__(self) -> Iterator[str]:
        return iter(DRIVERS)

    def __len__(self) -> int:
        return len(DRIVERS)


DRIVER_SETTINGS: Mapping[str, type[UpstreamSettings]] = _Settings()
"""Driver name -> the keys that it takes."""


def make_upstreams(settings: Mapping[str, UpstreamSettings], tools: Tools) -> dict[str, Upstream]:
    return {name: DRIVERS[keys.driver].make(name, keys, tools) for name, keys in settings.items()}
