from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageChops

from gateway.imaging.editing import parse
from gateway.imaging.editing.lettering import LONGEST_TEXT, is_writable, spelled
from gateway.imaging.editing.operation import Details

Edit = Callable[..., Image.Image]
Box = tuple[int, int, int, int]


def written(edit: Edit, instruction: str, image: Image.Image) -> Box:
    box = ImageChops.difference(edit(instruction, image), image).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize(
    ("place", "within"),
    [
        ("top", (0, 0, 400, 100)),
        ("bottom", (0, 200, 400, 300)),
        ("top left", (0, 0, 200, 100)),
        ("bottom right", (200, 200, 400, 300)),
        ("centre", (100, 100, 300, 200)),
    ],
)
def test_words_stand_where_they_are_put(edit: Edit, place: str, within: Box) -> None:
    left, top, right, bottom = written(edit, f"write 'Hi you' at the {place}", Image.new("RGB", (400, 300), "gray"))
    assert within[0] <= left < right <= within[2]
    assert within[1] <= top < bottom <= within[3]


@pytest.mark.parametrize("text", ["I", "Hello", "word " * 40, "W" * LONGEST_TEXT])
@pytest.mark.parametrize("size", [(400, 300), (120, 600), (600, 60)], ids=str)
def test_words_fit(edit: Edit, text: str, size: tuple[int, int]) -> None:
    left, top, right, bottom = written(edit, f"write '{text}'", Image.new("RGB", size, "gray"))
    assert 0 < left < right < size[0]
    assert 0 < top < bottom < size[1]


def test_colour_and_outline(edit: Edit) -> None:
    pixels = edit("write 'Hi' in dark blue", Image.new("RGB", (400, 300), "gray")).getcolors(99999) or []
    assert {(0, 0, 139), (245, 245, 245)} <= {colour for _, colour in pixels}


def test_case_is_kept(edit: Edit) -> None:
    image = Image.new("RGB", (400, 300), "gray")
    assert edit("write 'hello'", image).tobytes() != edit("WRITE 'HELLO'", image).tobytes()


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Größe", "Grosse"),
        ("ÀÉÎõü", "AEIou"),
        ("e\u0301a\u0308", "ea"),
        ("Łódź", "Lodz"),
        ("5 € — ok", "5 EUR - ok"),
        (" a\t b\n", "a b"),
    ],
)
def test_letters_lose_their_accents(text: str, drawn: str) -> None:
    assert spelled(text) == drawn
    assert is_writable(Details(text=text))


@pytest.mark.parametrize("text", ["", "  ", "日本", "ok 😀", "\ud800", "a\x00b", "a\u202eb", "x" * (LONGEST_TEXT + 1)])
def test_what_cannot_be_drawn_is_left_undone(text: str) -> None:
    assert not is_writable(Details(text=text))
    assert parse(f'write "{text}"').steps == ()
