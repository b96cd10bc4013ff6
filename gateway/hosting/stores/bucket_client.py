"""How obstore's client of a bucket is made: from what gateway.yaml says, and from nothing else.

Imported only where an object store is configured: obstore is an extra.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeAlias

from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from gateway.config import ImagesConfig, ObjectStoreConfig
from gateway.config_file import ConfigError

CONNECT_WITHIN = timedelta(seconds=2)

Client: TypeAlias = S3Store | GCSStore | AzureStore


def make_client(config: ImagesConfig) -> Client:
    """Does no I/O.

    Raises:
        ConfigError: keys that obstore cannot use.
    """
    keys = config.object_store
    name, _, prefix = config.store.partition("://")[2].partition("/")
    try:
        with _unless_meant(keys):
            return _CLIENTS[config.scheme](name, prefix.strip("/") or None, keys)
    except (BaseError, ValueError) as error:
        # Its words may hold a part of the key, so they are not handed on.
        raise ConfigError([_UNUSABLE[config.scheme]]) from error


@contextmanager
def _unless_meant(keys: ObjectStoreConfig) -> Iterator[None]:
    """Keep obstore from the environment, which it reads when a client is made, and puts before what it is told."""
    kept = {} if keys.credentials == "ambient" else {name: os.environ[name] for name in os.environ if _is_read(name)}
    for name in kept:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)


def _is_read(name: str) -> bool:
    return name == "SERVICE_ACCOUNT" or name.upper().startswith(("AWS_", "AZURE_", "GOOGLE_"))


def _s3(bucket: str, prefix: str | None, keys: ObjectStoreConfig) -> S3Store:
    return S3Store(bucket, prefix=prefix, region=keys.region, **_s3_keys(keys), **_options(keys))


def _s3_keys(keys: ObjectStoreConfig) -> dict[str, Any]:
    given = {"access_key_id": keys.access_key, "secret_access_key": keys.secret_key}
    return {**_secrets(given), **({"endpoint": keys.endpoint} if keys.endpoint else {})}


def _gcs(bucket: str, prefix: str | None, keys: ObjectStoreConfig) -> GCSStore:
    given = _secrets({"service_account_key": keys.secret_key})
    base: dict[str, Any] = {"base_url": keys.endpoint} if keys.endpoint else {}
    return GCSStore(bucket, prefix=prefix, **given, **base, **_options(keys))


def _azure(container: str, prefix: str | None, keys: ObjectStoreConfig) -> AzureStore:
    given = _secrets({"account_name": keys.access_key, "account_key": keys.secret_key})
    endpoint: dict[str, Any] = {"endpoint": keys.endpoint} if keys.endpoint else {}
    return AzureStore(container, prefix=prefix, **given, **endpoint, **_options(keys))


_CLIENTS: Mapping[str, Callable[[str, str | None, ObjectStoreConfig], Client]] = MappingProxyType(
    {"s3": _s3, "gs": _gcs, "az": _azure}
)

_UNUSABLE: Mapping[str, str] = MappingProxyType(
    {
        "s3": "images.object_store: s3:// cannot be used with these keys",
        "gs": "images.object_store.secret_key: must be the key of a service account, a JSON document, and whole",
        "az": "images.object_store.secret_key: must be the key of the storage account, which is base64",
    }
)


def _secrets(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: secret.get_secret_value() for name, secret in given.items() if secret is not None}


def _options(keys: ObjectStoreConfig) -> dict[str, Any]:
    """Retries of its own, quick ones: the default waits for three minutes."""
    whole = timedelta(seconds=keys.timeout)
    return {
        "client_options": {"allow_http": keys.allow_http, "connect_timeout": CONNECT_WITHIN, "timeout": whole},
        "retry_config": {
            "max_retries": keys.retries,
            "retry_timeout": whole,
            "backoff": {
                "init_backoff": timedelta(milliseconds=50),
                "max_backoff": timedelta(seconds=1),
                "base": 2,
            },
        },
    }
