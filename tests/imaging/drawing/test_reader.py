from __future__ import annotations

import pytest

from gateway.imaging.drawing import light
from gateway.imaging.drawing.motifs import Thing
from gateway.imaging.drawing.palette import NAMED, Colour
from gateway.imaging.drawing.reader import MOST_THINGS, Scene, read
from gateway.imaging.drawing.wordbook import LEXICON, MARBLE, REEF


def _thing(word: str) -> Thing:
    meaning = LEXICON[word]
    assert isinstance(meaning, Thing)
    return meaning


def _shown(scene: Scene) -> list[tuple[Thing, Colour | None, int]]:
    return [(shown.thing, shown.colour, shown.count) for shown in scene.things]


@pytest.mark.parametrize(
    ("prompt", "word", "colour", "count"),
    [
        ("A golden banana", "banana", "golden", 1),
        ("three balloons", "balloon", None, 3),
        ("a pair of red apples", "apple", "red", 2),
        ("Cats!", "cat", None, 3),
        ("an orange", "orange", None, 1),
        ("a red rose", "rose", "red", 1),
        ("hot-air balloon", "hot air balloon", None, 1),
        ("strawberries", "strawberry", None, 3),
        ("a perfume bottle", "bottle", None, 1),
    ],
)
def test_nouns_take_the_colours_and_numbers_before_them(prompt: str, word: str, colour: str | None, count: int) -> None:
    assert _shown(read(prompt)) == [(_thing(word), NAMED[colour] if colour else None, count)]


def test_every_thing_keeps_its_own_colour() -> None:
    scene = read("an orange cat and a black dog")
    assert _shown(scene) == [(_thing("cat"), NAMED["orange"], 1), (_thing("dog"), NAMED["black"], 1)]
    assert scene.tints == ()


@pytest.mark.parametrize("prompt", ["in teal and gold", "teal and gold", "a purple-teal sky in gold"])
def test_colours_without_a_noun_belong_to_the_picture(prompt: str) -> None:
    assert {NAMED["teal"], NAMED["gold"]} <= set(read(prompt).tints)


@pytest.mark.parametrize("prompt", ["no people", "a field without a single cat", "not a banana"])
def test_what_is_refused_is_not_shown(prompt: str) -> None:
    assert read(prompt).things == ()


def test_a_refusal_reaches_one_thing_only() -> None:
    assert _shown(read("no dog, a cat")) == [(_thing("cat"), None, 1)]


def test_painting_something_puts_it_on_an_easel() -> None:
    scene = read("A cozy robot painting a banana in a sunlit studio")
    assert _shown(scene) == [(_thing("robot"), None, 1)]
    assert scene.painted is not None
    assert scene.painted.thing == _thing("banana")
    assert scene.light is light.DAY


def test_a_painting_of_something_is_no_easel() -> None:
    assert read("a painting of a cat").painted is None
    assert read("a robot, oil painting").painted is None


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("mountains at sunset", light.SUNSET),
        ("neon city at night", light.NEON),
        ("a sunny morning", light.DAWN),
        ("mountains", None),
    ],
)
def test_the_stronger_light_wins(prompt: str, expected: light.Light | None) -> None:
    assert read(prompt).light == expected


def test_the_most_telling_setting_wins() -> None:
    scene = read("A cinematic product photo of a golden banana on a marble table")
    assert scene.setting == (MARBLE, None)
    assert read("underwater table").setting == (REEF, None)


def test_a_crowd_is_bounded() -> None:
    scene = read("many cats, many dogs, many birds, five robots")
    assert sum(shown.count for shown in scene.things) <= MOST_THINGS


@pytest.mark.parametrize("prompt", ["", "zzz qqq", "東京の夜景", "🍌", "the quality of mercy", "7 8 9"])
def test_unknown_words_leave_an_empty_scene(prompt: str) -> None:
    assert read(prompt) == Scene()
    assert read(prompt).abstract
    assert not read(prompt).understood


@pytest.mark.parametrize("prompt", ["teal", "watercolor", "abstract", "a mandala of the sea"])
def test_colours_styles_and_patterns_alone_are_abstract_and_understood(prompt: str) -> None:
    assert read(prompt).abstract
    assert read(prompt).understood


def test_reading_is_linear_in_the_longest_prompt() -> None:
    assert read("red " * 1000 + "cat").things[0].thing == _thing("cat")
