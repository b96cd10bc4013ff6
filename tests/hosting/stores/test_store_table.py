from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gateway.blob import MemoryBlob
from gateway.clock import SystemClock, system_random
from gateway.config import ImagesConfig
from gateway.config_file import ConfigError
from gateway.hosting.stores import STORES, make_store
from gateway.hosting.stores.base import Draft
from gateway.images import ImageFormat, Operation
from gateway.metrics import Metrics


@pytest.mark.parametrize("prefix", ["file:", "file://"])
async def test_the_scheme_of_the_address_chooses_the_store(tmp_path: Path, prefix: str) -> None:
    config = ImagesConfig(store=f"{prefix}{tmp_path / 'pictures'}", ttl=60)
    store = make_store(config, SystemClock(), system_random, Metrics())
    await store.open()
    name = await store.put(Draft(MemoryBlob(b"picture"), Operation.EDIT, ImageFormat.PNG))
    await store.close()

    assert store.expires_at(name) == name.created + 60
    assert len(list((tmp_path / "pictures").rglob(str(name)))) == 1


def test_making_a_store_touches_no_disk(tmp_path: Path) -> None:
    make_store(ImagesConfig(store=f"file:{tmp_path}/here"), SystemClock(), system_random, Metrics())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scheme", sorted(STORES.keys() - {"file"}))
def test_a_missing_extra_is_a_fault_that_names_it(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.delitem(sys.modules, "gateway.hosting.stores.bucket", raising=False)
    config = ImagesConfig(store=f"{scheme}://bucket/prefix")

    with pytest.raises(ConfigError, match="object-store"):
        make_store(config, SystemClock(), system_random, Metrics())
