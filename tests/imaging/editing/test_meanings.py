from __future__ import annotations

from typing import get_args

from gateway.imaging.editing.meanings import DETAILS, Detail


def test_the_kinds_of_detail_are_listed_once_for_types_and_once_for_code() -> None:
    assert get_args(Detail) == DETAILS
