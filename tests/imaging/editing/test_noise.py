from __future__ import annotations

import hashlib

import pytest
from PIL import ImageFilter, ImageStat

from gateway.imaging.editing.noise import billows, speckle


def test_speckle_is_the_same_everywhere() -> None:
    digest = hashlib.sha256(speckle((16, 16), "key").tobytes()).hexdigest()
    assert digest == "28eb651c6f25cb6b73e00362c822616c90f840debeb04dc5bb27044bf6ebe9a0"


def test_speckle_lies_around_the_middle() -> None:
    stat = ImageStat.Stat(speckle((64, 64), "key"))
    assert abs(stat.mean[0] - 128) < 4
    assert 40 < stat.stddev[0] < 65


def test_billows_use_the_whole_range_and_are_soft() -> None:
    field = billows((200, 100), "key", 4)
    assert field.getextrema() == (0, 255)
    assert ImageStat.Stat(field.filter(ImageFilter.FIND_EDGES)).mean[0] < 40


def test_keys_give_other_fields() -> None:
    assert speckle((8, 8), "a").tobytes() != speckle((8, 8), "b").tobytes()
    assert billows((8, 8), "a", 3).tobytes() != billows((8, 8), "b", 3).tobytes()


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (2000, 1)], ids=str)
def test_any_size(size: tuple[int, int]) -> None:
    assert speckle(size, "key").size == billows(size, "key", 3, stretch=2).size == size
