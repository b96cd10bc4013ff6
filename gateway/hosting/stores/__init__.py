"""The store table: scheme of `images.store` -> how to make it. Adding a store is one file and one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from gateway.clock import Clock, RandomBytes
from gateway.config import ImagesConfig
from gateway.config_file import ConfigError
from gateway.hosting.retention import Retention
from gateway.hosting.stores.base import Store
from gateway.hosting.stores.filesystem import FileStore
from gateway.hosting.stores.front import FrontedStore
from gateway.hosting.stores.watched import WatchedStore
from gateway.metrics import Metrics

MISSING = "images.store: {scheme}:// needs more packages: pip install 'nano-banana-gateway[object-store]'"

MakeStore: TypeAlias = Callable[[ImagesConfig, Retention, Clock, RandomBytes, bool], Store]


def _object_store(
    config: ImagesConfig,
    retention: Retention,
    clock: Clock,
    random_bytes: RandomBytes,
    _in_company: bool,  # noqa: FBT001 - a bucket is always in company
) -> Store:
    try:
        from gateway.hosting.stores.bucket import make_bucket  # noqa: PLC0415 - obstore is an extra
        from gateway.hosting.stores.object_store import ObjectStore  # noqa: PLC0415 - likewise
    except ModuleNotFoundError as error:
        raise ConfigError([MISSING.format(scheme=config.scheme)]) from error
    return ObjectStore(make_bucket(config), retention, clock=clock, random_bytes=random_bytes)


STORES: Mapping[str, MakeStore] = MappingProxyType(
    {
        "file": lambda config, retention, clock, random, in_company: FileStore(
            config.folder, retention, clock=clock, random_bytes=random, in_company=in_company
        ),
        "s3": _object_store,
        "gs": _object_store,
        "az": _object_store,
    }
)


def make_store(
    config: ImagesConfig, clock: Clock, random_bytes: RandomBytes, metrics: Metrics, *, in_company: bool = False
) -> Store:
    """The configured store, not opened yet: watched, and with its memory in front.

    `in_company`: other processes of this gateway use it too.

    Raises:
        ConfigError: a package that it needs is not installed, or it cannot use its keys.
    """
    retention = Retention(config.ttl, config.max_size)
    store = STORES[config.scheme](config, retention, clock, random_bytes, in_company)
    return FrontedStore(WatchedStore(store, metrics, clock), config.memory)
