"""Wishes to keep or avoid something are accepted silently only where they are true."""

from __future__ import annotations

import pytest

from gateway.imaging.editing import parse

TRUE = (
    "add a rainbow but keep the rest of the image exactly the same",
    "keep the original composition and colours, only add fog",
    "make it warmer but keep the size",
    "brighten, don't change the colours",
    "add fog. Do not change anything else",
    "keep everything as it is",
    "Change nothing.",
)

UNTRUE = {
    "make it warmer but don't change the colours": "don't change the colours",
    "crop to 16:9, keep the composition": "keep the composition",
    "sharpen, preserve the details": "preserve the details",
    "add a vignette and keep everything unchanged": "keep everything unchanged",
    "rotate it, but do not rotate": "do not rotate",
    "brighten, keep her face": "keep her face",
    "brighten, keep the sky": "keep the sky",
    "do not keep the colours": "do not keep the colours",
    "make it not too bright": "make it not too bright",
    "do not remove the rainbow": "do not remove the rainbow",
    "do not change the colours except red": "do not change the colours except red",
}


@pytest.mark.parametrize("instruction", TRUE)
def test_true_wishes_need_no_word(instruction: str) -> None:
    assert parse(instruction).is_complete


@pytest.mark.parametrize(("instruction", "wish"), UNTRUE.items(), ids=list(UNTRUE))
def test_other_wishes_are_reported(instruction: str, wish: str) -> None:
    assert parse(instruction).unread == (wish,)


def test_a_wish_about_the_opposite_is_true() -> None:
    assert parse("brighten, do not darken").is_complete
    assert not parse("brighten, do not brighten").is_complete
