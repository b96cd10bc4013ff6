"""Pictures as text: what clients really send, and what is refused (I6)."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadRequest, PayloadTooLarge
from gateway.inputs.base64_text import decode_picture_text

DATA = bytes(range(256)) + b"~"
PLAIN = base64.b64encode(DATA).decode()


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.rstrip("="),
        base64.urlsafe_b64encode(DATA).decode(),
        base64.encodebytes(DATA).decode(),
        f" {PLAIN}\r\n",
        f"data:image/png;base64,{PLAIN}",
        f"DATA:image/png;name=a.png;BASE64,{PLAIN}",
        f"data:;base64,{PLAIN}",
    ],
)
def test_the_forms_that_clients_send(text: str) -> None:
    assert decode_picture_text(text, "image", 1000) == DATA


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "====",
        "A",
        "AAAAA",
        "AA=A",
        "AAAA=====",
        "AA$A",
        "not a picture!",
        "äöü",
        "data:image/png,AAAA",
        "data:image/png;base64",
        "file:///etc/passwd",
        "\x00",
    ],
)
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        decode_picture_text(text, "mask", 1000)
    assert caught.value.param == "mask"


def test_too_much_is_told_from_the_length() -> None:
    with pytest.raises(PayloadTooLarge):
        decode_picture_text("!" * 2000, "image", 1000)


def test_blanks_do_not_count() -> None:
    assert decode_picture_text(" " * 5000 + PLAIN, "image", 300) == DATA


@given(st.text(max_size=100))
def test_any_text_is_bytes_or_refused(text: str) -> None:
    try:
        assert isinstance(decode_picture_text(text, "image", 1000), bytes)
    except BadRequest:
        return
