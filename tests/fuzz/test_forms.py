"""Forms that no client writes: caps, nesting, charsets, missing ends (R2, R3), wherever they are cut."""

from __future__ import annotations

import re

from hypothesis import strategies as st
from support.effort import Effort
from support.hostile_forms import DATA, HEADS, PICTURE, multipart, urlencoded, written
from support.images_api import EDITS, GENERATIONS, UPSCALE
from support.plain_http import send
from support.verdicts import no_fault_of_ours

PATHS = st.sampled_from([GENERATIONS, EDITS, UPSCALE])


def test_whatever_is_sent_as_a_form_is_answered_or_refused(effort: Effort, address: str) -> None:
    def holds(path: str, form: tuple[str, bytes]) -> None:
        said, body = form
        no_fault_of_ours(send(address, "POST", path, {"Content-Type": said}, body))

    effort.check(60, holds, path=PATHS, form=multipart() | urlencoded())


def test_whatever_it_is_called(effort: Effort, address: str) -> None:
    """A body of any kind under any name."""
    kinds = st.sampled_from(
        ["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
    )
    texts = st.text(alphabet='{}[]",:\\u0dn%=&\r\n--x', max_size=60).map(str.encode)

    def holds(path: str, kind: str, body: bytes) -> None:
        no_fault_of_ours(send(address, "POST", path, {"Content-Type": kind}, body))

    named = kinds | st.text("abc/;=x- ", max_size=20)
    effort.check(30, holds, path=PATHS, kind=named, body=st.binary(max_size=200) | texts)


def test_one_odd_part_among_good_ones(effort: Effort, address: str) -> None:
    def holds(path: str, head: list[str], data: bytes) -> None:
        good = [
            (b"\r\n--x\r\n", ['Content-Disposition: form-data; name="prompt"'], b"a"),
            (b"\r\n--x\r\n", ['Content-Disposition: form-data; name="image"; filename="a"'], PICTURE),
        ]
        body = written("x", b"", [*good, (b"\r\n--x\r\n", head, data)], b"\r\n--x--\r\n")
        no_fault_of_ours(send(address, "POST", path, {"Content-Type": "multipart/form-data; boundary=x"}, body))

    effort.check(40, holds, path=PATHS, head=HEADS, data=DATA)


def test_a_file_name_is_never_said_again(effort: Effort, painted: str) -> None:
    """R3: neither in an answer nor, as the fixtures watch, in a log."""

    def holds(name: str, data: bytes) -> None:
        told = f"kept-{name}-secret"
        head = [f'Content-Disposition: form-data; name="image"; filename="{told}"']
        body = written("x", b"", [(b"--x\r\n", head, data)], b"\r\n--x--\r\n")
        reply = send(painted, "POST", UPSCALE, {"Content-Type": "multipart/form-data; boundary=x"}, body)
        no_fault_of_ours(reply)
        assert not re.search(rb"kept-|-secret", reply.body)

    effort.check(20, holds, name=st.text(max_size=20) | st.sampled_from(["../" * 99, "\0", "a" * 5000]), data=DATA)
