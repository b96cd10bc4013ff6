"""The store table: scheme of `images.store` -> how to make it. Adding a store is one file and one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from gateway.clock import Clock, RandomBytes
from gateway.config import ImagesConfig
from gateway.hosting.retention import Retention
from gateway.hosting.stores.base import Store
from gateway.hosting.stores.filesystem import FileStore
from gateway.hosting.stores.front import FrontedStore

MakeStore: TypeAlias = Callable[[ImagesConfig, Retention, Clock, RandomBytes], Store]

STORES: Mapping[str, MakeStore] = MappingProxyType(
    {
        "file": lambda config, retention, clock, random: FileStore(
            config.folder, retention, clock=clock, random_bytes=random
        ),
    }
)


def make_store(config: ImagesConfig, clock: Clock, random_bytes: RandomBytes) -> Store:
    """The configured store, not opened yet, with its memory in front."""
    scheme, _, _ = config.store.partition(":")
    store = STORES[scheme](config, Retention(config.ttl, config.max_size), clock, random_bytes)
    return FrontedStore(store, config.memory)
