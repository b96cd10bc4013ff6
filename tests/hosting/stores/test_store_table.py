from __future__ import annotations

from pathlib import Path

import pytest

from gateway.blob import MemoryBlob
from gateway.clock import SystemClock, system_random
from gateway.config import ImagesConfig
from gateway.hosting.stores import STORES, make_store
from gateway.hosting.stores.base import Draft
from gateway.images import ImageFormat, Operation


@pytest.mark.parametrize("prefix", ["file:", "file://"])
async def test_the_scheme_of_the_address_chooses_the_store(tmp_path: Path, prefix: str) -> None:
    config = ImagesConfig(store=f"{prefix}{tmp_path / 'pictures'}", ttl=60)
    store = make_store(config, SystemClock(), system_random)
    await store.open()
    name = await store.put(Draft(MemoryBlob(b"picture"), Operation.EDIT, ImageFormat.PNG))
    await store.close()

    assert store.expires_at(name) == name.created + 60
    assert len(list((tmp_path / "pictures").rglob(str(name)))) == 1


def test_making_a_store_touches_no_disk(tmp_path: Path) -> None:
    for scheme in STORES:
        make_store(ImagesConfig(store=f"{scheme}:{tmp_path}/here"), SystemClock(), system_random)

    assert list(tmp_path.iterdir()) == []
