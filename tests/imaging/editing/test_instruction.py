"""What instructions are read as, and that none of them breaks the reader."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.imaging.editing import VOCABULARY, Operation, parse
from gateway.imaging.editing.plan import MOST_STEPS

READ = {
    "Add soft golden sunset lighting and a rainbow in the sky": "Lit by a golden sunset (slight, golden); added a "
    "rainbow (sky).",
    "Add a rainbow in the sky": "Added a rainbow (sky).",
    "Please make the image much brighter and more contrasty": "Brightened strongly; raised the contrast.",
    "Would you mind making it brighter?": "Brightened.",
    "reduce brightness and contrast": "Darkened; lowered the contrast.",
    "reduce brightness, sharpen it": "Darkened; sharpened.",
    "turn down the saturation": "Muted the colours.",
    "turn the brightness down": "Darkened.",
    "cool it down": "Cooled the colours.",
    "it is too dark": "Brightened.",
    "make it less dark": "Brightened.",
    "half as bright": "Darkened to 50%.",
    "set brightness to 50%": "Darkened to 50%.",
    "contrast +20": "Raised the contrast by 20%.",
    "-20% brightness": "Darkened by 20%.",
    "make it grey": "Turned to grayscale.",
    "color it green": "Tinted green.",
    "make it #00ff88": "Tinted #00ff88.",
    "make the sky blue": "Tinted blue (sky).",
    "make the sky brighter and the ground darker": "Brightened (sky); darkened (ground).",
    "turn the left side darker": "Darkened (left).",
    "a bright rainbow": "Added a rainbow.",
    "frame it with a white border": "Added a border (white).",
    "turn day into night with stars": "Turned to night; added stars.",
    "make it look like a black-and-white sketch": "Turned to grayscale; redrawn as a pencil sketch.",
    "Give the photo a dreamy look with soft focus": "Added a glow.",
    "rotate by 45. Then brighten": "Turned 45 degrees clockwise; brightened.",
    "- brighten\n- add fog": "Brightened; added fog.",
    "1. brighten\n2. add fog": "Brightened; added fog.",
    '"Add a rainbow in the sky"': "Added a rainbow (sky).",
    'write "Black and White, don\'t crop." in blue': "Wrote 'Black and White, don't crop.' (blue).",
    "make it square and blue": "Cropped to 1:1; tinted blue.",
    "crop to the left half": "Cropped (left).",
    "turn it upside down": "Turned upside down.",
    "make it twice the size": "Resized by a factor of 2, to 16 megapixels at most.",
}


@pytest.mark.parametrize(("instruction", "said"), READ.items(), ids=list(READ))
def test_reads(instruction: str, said: str) -> None:
    plan = parse(instruction)
    assert plan.is_complete
    assert plan.describe() == said


UNREAD = (
    "make it better",
    "Add a cat",
    "remove the car",
    "make the car red",
    "blur the background",
    "replace the sky with stars",
    "add a rain coat",
    "a photo of a snow leopard",
    "increase the contrast of the clouds",
    "make the clouds darker",
    "make the rainbow brighter",
    "blur everything except the face",
    "everything else darker",
    "Turn this photo into a watercolor painting",
    "blur it in red",
    "flip it by 20%",
    "make it brighter darker",
    "zoom out",
    "less rain",
    "write Hello",
    "brighten by 900000%",
    "resize to 0x0",
    "bright",
    "thanks!",
    "?!",
)


@pytest.mark.parametrize("instruction", UNREAD)
def test_what_is_not_wholly_understood_is_left_undone(instruction: str) -> None:
    plan = parse(instruction)
    assert plan.steps == ()
    assert plan.unread
    assert plan.grades


PARTLY = {
    "Turn it to grayscale, make him smile": (["grayscale"], ["make him smile"]),
    "add a rainbow over the old mill": (["rainbow"], ["over the old mill"]),
    "add a horse, rain and a moon": (["rain", "moon"], ["add a horse"]),
    "remove the cat and the rain, add fog": (["fog"], ["remove the cat", "the rain"]),
    "keep the background and add a rainbow": (["rainbow"], ["keep the background"]),
    "Make the person smile and brighten the image": (["brightness"], ["Make the person smile"]),
    "reduce noise and sharpness": (["denoise"], ["sharpness"]),
}


@pytest.mark.parametrize(("instruction", "expected"), PARTLY.items(), ids=list(PARTLY))
def test_the_rest_is_reported(instruction: str, expected: tuple[list[str], list[str]]) -> None:
    plan = parse(instruction)
    assert ([step.operation.name for step in plan.steps], list(plan.unread)) == expected


def test_adjectives_about_something_else_are_not_requests() -> None:
    assert parse("Replace the car with a big, bright, sunny house").steps == ()


NEGATED = {
    "do not brighten": [],
    "don't crop or rotate": [],
    "never darken the picture": [],
    "do not crop, rotate, or flip": [],
    "no border": [],
    "without a vignette": [],
    "avoid any rain": [],
    "don't crop or rotate, just make it black and white": ["grayscale"],
    "no rain and no snow please, just fog": ["fog"],
    "do not make it darker, make it brighter": ["brightness"],
    "make it brighter instead of darker": ["brightness"],
    "brighten without adding a border": ["brightness"],
    "Don't add any text. Brighten it slightly.": ["brightness"],
}


@pytest.mark.parametrize(("instruction", "names"), NEGATED.items(), ids=list(NEGATED))
def test_never_does_what_is_negated(instruction: str, names: list[str]) -> None:
    plan = parse(instruction)
    assert [(step.operation.name, step.details.sign) for step in plan.steps] == [(name, 1) for name in names]


@pytest.mark.parametrize("row", VOCABULARY, ids=lambda row: row.name)
@pytest.mark.parametrize("negation", ["do not {}", "don't add {}", "no {}", "without {}", "crop but never {}, please"])
def test_no_row_is_done_when_negated(row: Operation, negation: str) -> None:
    for phrase in row.phrases:
        steps = parse(negation.format(phrase)).steps
        assert {step.operation.name for step in steps} <= {"crop"}


@pytest.mark.parametrize("instruction", ["don't crop and make it brighter", "do not crop the picture and brighten it"])
def test_reports_what_a_negation_may_or_may_not_cover(instruction: str) -> None:
    plan = parse(instruction)
    assert plan.steps == ()
    assert len(plan.unread) == 1


def test_does_not_take_more_steps_than_can_be_paid_for() -> None:
    plan = parse("blur, sharpen, " * 20)
    assert len(plan.steps) == MOST_STEPS
    assert len(plan.undone) == 40 - MOST_STEPS
    assert "More than 16 steps at once, left undone: 'blur', 'sharpen'" in plan.describe()


WORDS = sorted({word for row in VOCABULARY for phrase in row.phrases for word in phrase.split()})
GRAMMAR = """and or but not no don't without the to by with in at make add remove keep slightly very less red sky top
left 20% 2x 16:9 800x600 -5 45° 'Hi ' " . , : #f00""".split()  # noqa: SIM905 - a list would be a page long


@given(st.text(max_size=300))
def test_never_fails_on_any_text(instruction: str) -> None:
    plan = parse(instruction)
    assert plan.describe()
    assert all(clause and clause in instruction for clause in plan.unread)


@given(st.lists(st.sampled_from([*WORDS, *GRAMMAR]), max_size=25).map(" ".join))
def test_never_fails_on_known_words_in_any_order(instruction: str) -> None:
    plan = parse(instruction)
    assert plan.describe()
    assert all(clause and clause in instruction for clause in plan.unread)
    assert plan == parse(instruction)


ADVERSARIAL = (
    "'",
    '"',
    "“",
    "('a",
    "x 'a",
    "1:",
    "1.",
    "-",
    "#",
    "5 ",
    " ",
    "a'",
    "\ud800",
    "not ",
    "brighten, ",
    "1x",
)


@pytest.mark.parametrize("piece", [*ADVERSARIAL, "add a rainbow over x with ", "less 1% red top "], ids=repr)
def test_time_grows_with_the_length_only(piece: str) -> None:
    text = (piece * 16384)[:16384]
    started = time.perf_counter()
    parse(text)
    # Four times the longest prompt; quadratic work would take minutes.
    assert time.perf_counter() - started < 5
