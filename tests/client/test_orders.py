"""An order says the same however often it is sent."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import FormData
from support.samples import plain

from gateway.client.orders import LocalPicture, Order, new_key
from gateway.images import ImageFormat, Operation

PICTURE = LocalPicture('a"; evil.jpg', plain(form="JPEG"), ImageFormat.JPEG)


def parts(form: Any) -> list[tuple[str, str | None, Any]]:
    return [(options["name"], options.get("filename"), value) for options, _, value in form._fields]


def test_words_go_as_json() -> None:
    order = Order(Operation.GENERATE, {"prompt": "a fox", "n": 2}, "k")

    assert order.body() == {"prompt": "a fox", "n": 2, "response_format": "b64_json", "stream": True}


def test_pictures_go_as_a_form_under_plain_names() -> None:
    order = Order(Operation.EDIT, {"prompt": "x", "strict": True}, "k", (PICTURE, "https://example.com/b.png"), PICTURE)

    body = order.body()

    assert isinstance(body, FormData)
    assert parts(body) == [
        ("prompt", None, "x"),
        ("strict", None, "true"),
        ("response_format", None, "b64_json"),
        ("stream", None, "true"),
        ("image", "image.jpg", PICTURE.data),
        ("image", None, "https://example.com/b.png"),
        ("mask", "mask.jpg", PICTURE.data),
    ]


def test_an_upscale_is_not_streamed() -> None:
    body = Order(Operation.UPSCALE, {"upscale_factor": "x2"}, "k", (PICTURE,)).body()

    assert "stream" not in [name for name, _, _ in parts(body)]


@pytest.mark.parametrize("operation", Operation)
def test_it_can_be_sent_again(operation: Operation) -> None:
    order = Order(operation, {"prompt": "x"}, "k", (PICTURE,))

    assert order.body() is not order.body()


def test_keys_are_long_and_never_the_same() -> None:
    assert len({new_key() for _ in range(100)}) == 100
    assert len(new_key()) == 32
