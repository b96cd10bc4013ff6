"""The words and the budget that all walks share."""

from __future__ import annotations

import pytest

from gateway.images import ImageFormat
from gateway.imaging.errors import PictureError
from gateway.imaging.formats.structure import (
    BYTES_A_BLOCK,
    LEAST_BUDGET,
    Edit,
    Scan,
    budget,
    damaged,
    truncated,
    unsupported,
)


@pytest.mark.parametrize(("size", "blocks"), [(0, LEAST_BUDGET), (BYTES_A_BLOCK * 100_000, 100_000)])
def test_budget_grows_with_the_file(size: int, blocks: int) -> None:
    counted = budget(ImageFormat.GIF, size)
    for _ in range(blocks):
        next(counted)
    with pytest.raises(PictureError, match="The GIF is damaged: it is cut into too many pieces"):
        next(counted)


def test_nested_loops_share_a_budget() -> None:
    counted = budget(ImageFormat.GIF, 0)
    for _ in counted:
        next(counted)
        break
    assert len([next(counted) for _ in range(LEAST_BUDGET - 2)]) == LEAST_BUDGET - 2
    with pytest.raises(PictureError):
        next(counted)


def test_words_name_the_format_as_people_write_it() -> None:
    assert str(truncated(ImageFormat.WEBP)) == "The WebP is truncated"
    assert str(damaged(ImageFormat.PNG, "why")) == "The PNG is damaged: why"
    assert str(unsupported(ImageFormat.BMP, "has no rows", "some")) == "The BMP has no rows; accepted are some"


def test_repairs_are_not_private() -> None:
    edits = (Edit(4, 8, b"size", repairs=True), Edit(30, 40), Edit(40, 50, b"less"))
    found = Scan(format=ImageFormat.WEBP, width=1, height=1, frames=2, edits=edits)
    assert found.private == ((30, 40), (40, 50))
    assert found.animated
