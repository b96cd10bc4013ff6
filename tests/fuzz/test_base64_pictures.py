"""Base64 with every liberty that a client could take: the bytes that everybody reads, or a refusal (I6)."""

from __future__ import annotations

import base64
import binascii
import json
import time

import pytest
from hypothesis import strategies as st
from support.effort import Effort
from support.images_api import UPSCALE
from support.plain_http import send
from support.samples import plain
from support.verdicts import no_fault_of_ours

from gateway.errors import BadRequest, PayloadTooLarge
from gateway.inputs.base64_text import decode_picture_text

MOST = 400
BLANKS = st.lists(st.tuples(st.integers(0, 600), st.sampled_from(" \t\r\n")), max_size=5)
HEADS = st.sampled_from(["", "data:image/png;base64,", "DATA:;BASE64,", "data:image/svg+xml;charset=utf-8;base64,"])
NOISE = st.sampled_from([*"=-_+/!\0\x0b\x0c,;%", "==", "===", "\u00a0", "\ufeff", "\u2003", "data:", "A"])


def test_what_was_encoded_in_any_way_comes_back(effort: Effort) -> None:
    def holds(data: bytes, head: str, blanks: list[tuple[int, str]], *, safe: bool, padded: bool) -> None:
        encoded = (base64.urlsafe_b64encode if safe else base64.b64encode)(data).decode()
        body = encoded if padded else encoded.rstrip("=")
        for at, blank in blanks:
            body = body[:at] + blank + body[at:]
        for sent in (head + body, (head + body).encode()):
            assert decode_picture_text(sent, "image", MOST) == data

    flags = {"safe": st.booleans(), "padded": st.booleans()}
    effort.check(60, holds, data=st.binary(min_size=1, max_size=MOST), head=HEADS, blanks=BLANKS, **flags)


def test_whatever_is_taken_is_what_the_standard_library_reads(effort: Effort) -> None:
    def holds(pieces: list[str], head: str) -> None:
        body = "".join(pieces)
        try:
            found = decode_picture_text(head + body, "image", MOST)
        except (BadRequest, PayloadTooLarge):
            return
        start = body.find(",") + 1 if not head and body.lower().startswith("data:") else 0
        letters = "".join(body[start:].split()).replace("-", "+").replace("_", "/").rstrip("=")
        assert found == binascii.a2b_base64(letters + "=" * (-len(letters) % 4), strict_mode=False)
        assert len(found) <= MOST

    pieces = st.lists(st.text("ABCabc019+/-_=", max_size=30) | NOISE, max_size=8)
    effort.check(80, holds, pieces=pieces, head=HEADS)


def test_any_text_in_the_place_of_a_picture(effort: Effort, address: str) -> None:
    whole = base64.b64encode(plain((8, 8))).decode()

    def holds(pieces: list[str], at: int) -> None:
        sent = whole[:at] + "".join(pieces) + whole[at:]
        body = json.dumps({"image": sent}).encode()
        no_fault_of_ours(send(address, "POST", UPSCALE, {"Content-Type": "application/json"}, body))

    effort.check(30, holds, pieces=st.lists(NOISE | BLANKS.map(str), max_size=3), at=st.integers(0, len(whole)))


@pytest.mark.parametrize("letter", ["A", "!", "\0"])
def test_what_is_too_long_is_told_by_its_length(letter: str) -> None:
    started = time.perf_counter()

    with pytest.raises(PayloadTooLarge):
        decode_picture_text(letter * 30_000_000, "image", 20 * 2**20)

    assert time.perf_counter() - started < 1
