"""The collector of cycles while the gateway serves."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from gateway import collector


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """What all tests share was frozen before the first, and is again."""
    before = gc.get_threshold()
    gc.unfreeze()
    yield
    gc.set_threshold(*before)


def test_what_lasts_is_never_looked_through_again() -> None:
    collector.settle()

    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] == collector.YOUNGEST


def test_cycles_that_are_made_later_are_still_found() -> None:
    collector.settle()
    cycle: list[object] = []
    cycle.append(cycle)
    del cycle

    assert gc.collect() >= 1


def test_modules_are_loaded_without_the_collector_which_then_leaves_them_alone() -> None:
    before = gc.get_freeze_count()
    with collector.loading():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > before


def test_a_module_that_cannot_be_loaded_leaves_the_collector_on() -> None:
    with pytest.raises(ImportError), collector.loading():
        raise ImportError
    assert gc.isenabled()
