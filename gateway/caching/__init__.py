"""Answers that are kept: for a while to save work, and for a day where a client's key promises it."""

from __future__ import annotations

from gateway.caching.claims import Claims, ClaimStore
from gateway.clock import Clock
from gateway.config import ImagesConfig
from gateway.hosting.stores.base import Store
from gateway.hosting.stores.durable import KEYS


def make_claims(config: ImagesConfig, clock: Clock, store: Store) -> Claims:
    """Beside the pictures of `store` that they name: as durable as these, and shared by whom these are shared by."""
    if config.scheme == "file":
        return ClaimStore(config.folder / KEYS, clock)
    from gateway.caching.object_claims import ObjectClaims  # noqa: PLC0415 - obstore is an extra
    from gateway.hosting.stores.bucket import make_bucket  # noqa: PLC0415 - likewise

    return ObjectClaims(make_bucket(config), clock, store.admit)
