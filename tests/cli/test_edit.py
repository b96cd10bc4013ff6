"""What `edit` sends, and what it refuses before it reads or sends anything."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from support.samples import plain

from gateway.cli import edit
from gateway.client.failures import Unusable
from gateway.client.orders import LocalPicture
from gateway.images import ImageFormat, Operation


def given(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    edit.add_arguments(parser)
    return parser.parse_args(arguments)


def test_pictures_keep_their_order_and_the_mask_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "m.png"):
        (tmp_path / name).write_bytes(plain())

    order = edit.order(given("Put them together", "a.png", "https://example.com/b.png", "--mask", "m.png", "-n", "2"))

    assert order.operation is Operation.EDIT
    assert order.fields == {"prompt": "Put them together", "n": 2}
    assert order.images == (LocalPicture("a.png", plain(), ImageFormat.PNG), "https://example.com/b.png")
    assert order.mask == LocalPicture("m.png", plain(), ImageFormat.PNG)
    assert len(order.key) == 32


def test_the_key_of_a_command_that_was_cut_off_is_kept() -> None:
    assert edit.order(given("x", "https://example.com/a.png", "--key", "mine")).key == "mine"


@pytest.mark.parametrize("arguments", [["-", "-"], ["x", "-", "-"], ["x", "-", "--mask", "-"]])
def test_standard_input_is_read_once(arguments: list[str]) -> None:
    with pytest.raises(Unusable, match="read once"):
        edit.order(given(*arguments))


def test_more_pictures_than_any_gateway_takes_are_refused() -> None:
    with pytest.raises(Unusable, match="17 pictures are too many"):
        edit.order(given("x", *["https://example.com/a.png"] * 17))
