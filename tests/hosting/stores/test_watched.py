"""A store that fails is left alone, costs nobody a wait or a paid picture, and is taken up again by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest
from support.clocks import ManualClock

from gateway.blob import MemoryBlob
from gateway.errors import Unavailable
from gateway.hosting.names import HostedName
from gateway.hosting.stores import watched
from gateway.hosting.stores.base import Draft, StoredPicture, Usage
from gateway.hosting.stores.failures import StoreFull, store_down
from gateway.hosting.stores.watched import LOOK_EVERY, WatchedStore
from gateway.images import ImageFormat, Operation
from gateway.metrics import Metrics

DRAFT = Draft(MemoryBlob(b"picture"), Operation.EDIT, ImageFormat.PNG)
NAME = HostedName.make(1_000_000, lambda n: b"r" * n, DRAFT.blob.sha256, DRAFT.operation, DRAFT.format)


class FailingStore:
    """Raises what stands under a verb, and counts how often it was asked."""

    def __init__(self) -> None:
        self.errors: dict[str, Callable[[], Unavailable]] = {}
        self.asked: list[str] = []
        self.silent = False
        """It answers nobody."""
        self.evicted_before = 0.0

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def admit(self) -> None: ...

    async def put(self, draft: Draft) -> HostedName:  # noqa: ARG002 - the protocol's
        await self._do("put")
        return NAME

    async def get(self, name: HostedName) -> StoredPicture | None:  # noqa: ARG002 - the protocol's
        await self._do("get")
        return None

    async def delete(self, name: HostedName) -> bool:  # noqa: ARG002 - the protocol's
        await self._do("delete")
        return False

    async def probe(self) -> None:
        await self._do("probe")

    def expires_at(self, name: HostedName) -> float:
        return name.created

    def usage(self) -> Usage:
        return Usage()

    async def _do(self, verb: str) -> None:
        self.asked.append(verb)
        if self.silent:
            await asyncio.Event().wait()
        if verb in self.errors:
            error = self.errors[verb]()
            raise error


async def settled() -> None:
    """Let the background go as far as it comes without the clock."""
    for _ in range(5):
        await asyncio.sleep(0)


class Watch:
    def __init__(self) -> None:
        self.behind = FailingStore()
        self.metrics = Metrics()
        self.clock = ManualClock()
        self.store = WatchedStore(self.behind, self.metrics, self.clock)

    @property
    def up(self) -> float | None:
        return self.metrics.registry.get_sample_value("gateway_store_up")

    async def looked(self) -> None:
        """Let the look that is due next happen."""
        await settled()
        self.clock.advance(LOOK_EVERY)
        await settled()

    async def fail(self, verb: str, error: Callable[[], Unavailable] = store_down) -> None:
        self.behind.errors[verb] = error
        with pytest.raises(Unavailable):
            await (self.store.put(DRAFT) if verb == "put" else self.store.get(NAME))


@pytest.fixture
async def watch() -> AsyncIterator[Watch]:
    made = Watch()
    await made.store.open()
    yield made
    await made.store.close()


async def test_one_that_works_is_asked_every_time(watch: Watch) -> None:
    watch.store.admit()
    assert await watch.store.put(DRAFT) == NAME
    assert await watch.store.get(NAME) is None
    assert (watch.behind.asked, watch.up) == (["put", "get"], 1)


async def test_after_a_failed_put_no_other_is_tried_and_none_is_admitted(watch: Watch) -> None:
    watch.behind.errors["probe"] = store_down
    await watch.fail("put")

    for _ in range(3):
        with pytest.raises(Unavailable, match="The image store is unavailable"):
            watch.store.admit()
        with pytest.raises(Unavailable):
            await watch.store.put(DRAFT)
    assert watch.behind.asked == ["put"]
    assert watch.up == 0


async def test_a_failure_that_was_one_alone_is_forgotten_at_once(watch: Watch) -> None:
    await watch.fail("put")
    del watch.behind.errors["put"]
    await settled()

    assert await watch.store.put(DRAFT) == NAME
    assert watch.up == 1


async def test_it_is_looked_at_every_second_until_it_works(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    watch.behind.errors["probe"] = store_down
    with caplog.at_level(logging.INFO):
        await watch.fail("put")
        for _ in range(3):
            await watch.looked()
        assert watch.behind.asked == ["put", *["probe"] * 4]
        watch.behind.errors.clear()
        await watch.looked()

    assert await watch.store.put(DRAFT) == NAME
    assert watch.up == 1
    assert [line for line in caplog.messages if "image store" in line] == [
        "the image store is down, pictures by address are refused",
        "the image store is back",
    ]


async def test_a_full_one_is_told_as_full_and_still_read(watch: Watch) -> None:
    watch.behind.errors["probe"] = StoreFull
    await watch.fail("put", StoreFull)
    with pytest.raises(StoreFull):
        watch.store.admit()
    assert await watch.store.get(NAME) is None


async def test_one_failed_get_keeps_nobody_from_other_pictures(watch: Watch) -> None:
    await watch.fail("get")
    del watch.behind.errors["get"]

    assert await watch.store.get(NAME) is None
    watch.store.admit()


async def test_gets_are_refused_once_a_look_has_failed_too(watch: Watch) -> None:
    watch.behind.errors["probe"] = store_down
    await watch.fail("get")
    await watch.looked()
    asked = len(watch.behind.asked)

    with pytest.raises(Unavailable):
        await watch.store.get(NAME)
    with pytest.raises(Unavailable):
        watch.store.admit()
    assert len(watch.behind.asked) == asked


async def test_a_store_that_says_nothing_is_refused_long_before_its_time_is_over(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "SUSPECT_AFTER", 0.02)
    monkeypatch.setattr(watched, "LOOK_WITHIN", 0.02)
    watch.behind.silent = True
    waiting = asyncio.create_task(watch.store.get(NAME))
    async with asyncio.timeout(2):
        while watch.up:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)

    with pytest.raises(Unavailable):
        watch.store.admit()
    with pytest.raises(Unavailable):
        await watch.store.get(NAME)
    assert not waiting.done()
    waiting.cancel()


async def test_failures_are_counted_by_verb_and_reason(watch: Watch) -> None:
    watch.behind.errors["probe"] = store_down
    await watch.fail("put", StoreFull)
    await watch.fail("get")

    for labels in ({"verb": "put", "reason": "full"}, {"verb": "get", "reason": "unavailable"}):
        assert watch.metrics.registry.get_sample_value("gateway_store_failures_total", labels) == 1
    await watch.looked()


async def test_what_works_is_timed(watch: Watch) -> None:
    await watch.store.put(DRAFT)

    count = watch.metrics.registry.get_sample_value("gateway_store_request_duration_seconds_count", {"verb": "put"})
    assert count == 1
