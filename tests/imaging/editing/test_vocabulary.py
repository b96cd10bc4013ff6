"""Each row of the vocabulary does on pixels what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

import gateway
from gateway.imaging.editing import VOCABULARY, VOCABULARY_HELP, Operation, apply, parse

Claim = Callable[[Image.Image, Image.Image], bool]

GUIDE = Path(gateway.__file__).parent / "docs" / "backends" / "local.md"
CALLS = {"text": "write 'Hello'", "tint": "tint it red"}


def mean(image: Image.Image, band: int | None = None) -> float:
    return ImageStat.Stat(image.convert("L") if band is None else image.getchannel(band)).mean[0]


def spread(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).stddev[0]


def colourfulness(image: Image.Image) -> float:
    return mean(image.convert("HSV"), 1)


def detail(image: Image.Image) -> float:
    return mean(image.convert("L").filter(ImageFilter.FIND_EDGES))


def specks(image: Image.Image) -> float:
    """How much the flat bottom of the picture varies."""
    return spread(image.crop((70, 104, 160, 120)))


def middle(image: Image.Image) -> Image.Image:
    width, height = image.size
    return image.crop((width // 3, height // 3, 2 * width // 3, 2 * height // 3))


def corner(image: Image.Image) -> Image.Image:
    return image.crop((0, 0, 12, 12))


def grained(image: Image.Image) -> Image.Image:
    return apply(parse("film grain"), [image], None)


def sky(image: Image.Image) -> Image.Image:
    return image.crop((0, 0, 160, 40))


def ground(image: Image.Image) -> Image.Image:
    return image.crop((76, 84, 106, 120))


def lows(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).extrema[0][0]


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """All bands, so that a picture with alpha gives four."""
    return tuple(image.crop((x, y, x + 1, y + 1)).tobytes())


def levels(image: Image.Image) -> set[int]:
    return set(image.tobytes())


def is_same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is None


def channels_are_equal(image: Image.Image) -> bool:
    red, green, blue = image.split()
    return is_same(red, green) and is_same(green, blue)


CLAIMS: dict[str, tuple[str, Claim]] = {
    "brightness": ("brighten", lambda a, b: mean(b) > mean(a) + 10),
    "brightness, less": ("darken by 50%", lambda a, b: abs(mean(b) - mean(a) / 2) < 2),
    "contrast": ("more contrast", lambda a, b: spread(b) > spread(a) * 1.2),
    "contrast, less": ("less contrast", lambda a, b: spread(b) < spread(a) * 0.8),
    "saturation": ("make it vivid", lambda a, b: colourfulness(b) > colourfulness(a) + 10),
    "saturation, less": ("muted colours", lambda a, b: colourfulness(b) < colourfulness(a) - 10),
    "warmth": ("warmer", lambda a, b: mean(b, 0) > mean(a, 0) and mean(b, 2) < mean(a, 2)),
    "warmth, less": ("cooler", lambda a, b: mean(b, 0) < mean(a, 0) and mean(b, 2) > mean(a, 2)),
    "grayscale": ("black and white", lambda _, b: channels_are_equal(b)),
    "tint": ("make it red", lambda a, b: mean(b, 0) > mean(a, 0) + 10 > mean(b, 2) + 10),
    "hue": ("shift the hue by 120 degrees", lambda a, b: mean(sky(a), 2) > 200 and mean(sky(b), 0) > 200),
    "sepia": ("sepia", lambda _, b: mean(b, 0) > mean(b, 1) > mean(b, 2)),
    "vintage": ("vintage", lambda a, b: mean(corner(b)) < mean(corner(a)) and colourfulness(b) < colourfulness(a)),
    "invert": ("invert", lambda a, b: is_same(ImageChops.add(a, b), Image.new("RGB", a.size, "white"))),
    "posterize": ("posterize to 2", lambda _, b: levels(b) <= {0, 255}),
    "blur": ("blur", lambda a, b: detail(b) < detail(a) * 0.8),
    "sharpen": ("sharpen", lambda a, b: detail(b) > detail(a) * 1.05),
    "denoise": ("add film grain, remove the noise", lambda a, b: specks(b) < specks(grained(a)) * 0.8),
    "outline": ("outlines", lambda a, b: channels_are_equal(b) and mean(ground(b)) < mean(b) < mean(a)),
    "sketch": ("pencil sketch", lambda _, b: channels_are_equal(b) and mean(b) > 150),
    "emboss": ("emboss", lambda _, b: channels_are_equal(b) and spread(ground(b)) < 5),
    "pixelate": ("pixelate by 40 pixels", lambda _, b: len(b.getcolors() or ()) <= 12),
    "grain": ("film grain", lambda a, b: specks(b) > specks(a) + 5 and abs(mean(b) - mean(a)) < 4),
    "vignette": ("vignette", lambda a, b: mean(corner(b)) < mean(corner(a)) - 20 and is_same(middle(a), middle(b))),
    "glow": ("glow", lambda a, b: mean(b) > mean(a) + 5),
    "lens flare": ("lens flare", lambda a, b: mean(b.crop((112, 14, 132, 34))) > mean(a.crop((112, 14, 132, 34))) + 20),
    "sunset": ("sunset", lambda a, b: mean(sky(b), 0) > mean(sky(a), 0) + 40 and mean(b, 2) < mean(a, 2) - 30),
    "dawn": ("dawn", lambda a, b: mean(ground(b)) > mean(ground(a)) and mean(sky(b), 0) > mean(sky(a), 0) + 20),
    "night": ("night", lambda a, b: mean(b) < mean(a) / 2 and mean(b, 2) > mean(b, 0)),
    "fog": ("fog", lambda a, b: spread(b) < spread(a) and mean(b) > mean(a) + 20),
    "rain": ("rain", lambda a, b: specks(b) > specks(a) and colourfulness(b) < colourfulness(a)),
    "snow": ("snow", lambda a, b: mean(b) > mean(a) and specks(b) > specks(a) + 5),
    "stars": ("stars", lambda a, b: mean(sky(b)) < mean(sky(a)) and is_same(ground(a), ground(b))),
    "rainbow": ("rainbow", lambda a, b: spread(sky(b)) > spread(sky(a)) and is_same(ground(a), ground(b))),
    "sun": ("sun", lambda a, b: mean(sky(b), 0) > mean(sky(a), 0) and pixel(b, 115, 29) > pixel(a, 115, 29)),
    "moon": ("moon", lambda a, b: mean(sky(b), 0) > mean(sky(a), 0) and is_same(ground(a), ground(b))),
    "clouds": ("clouds", lambda a, b: mean(sky(b), 0) > mean(sky(a), 0) + 10 and is_same(ground(a), ground(b))),
    "border": ("blue border", lambda a, b: pixel(b, 0, 60) == (0, 0, 255) and is_same(middle(a), middle(b))),
    "text": ("write 'Hello' in red", lambda a, b: b"\xff\x00\x00" in b.tobytes() and b.size == a.size),
    "second image": ("blend with the second image", lambda a, b: mean(a) < mean(b) < 255),
    "crop": ("crop to a square", lambda a, b: is_same(b, a.crop((20, 0, 140, 120)))),
    "zoom": ("zoom in", lambda a, b: b.size == a.size and not is_same(a, b)),
    "rotate": ("rotate", lambda a, b: is_same(b, a.transpose(Image.Transpose.ROTATE_270))),
    "flip": ("flip", lambda a, b: is_same(b, a.transpose(Image.Transpose.FLIP_LEFT_RIGHT))),
    "resize": ("half size", lambda _, b: b.size == (80, 60)),
    "resize, less": ("make it 50% smaller", lambda _, b: b.size == (80, 60)),
    "rounded corners": ("rounded corners", lambda _, b: pixel(b, 0, 0)[3] == 0 and pixel(b, 80, 60)[3] == 255),
}


@pytest.mark.parametrize(("instruction", "claim"), CLAIMS.values(), ids=list(CLAIMS))
def test_row_does_what_it_says(photo: Image.Image, instruction: str, claim: Claim) -> None:
    plan = parse(instruction)
    edited = apply(plan, [photo, Image.new("RGB", (40, 40), "white")], None)
    assert plan.is_complete
    assert claim(photo, edited)


def test_every_row_has_a_claim() -> None:
    assert {name.partition(",")[0] for name in CLAIMS} == {row.name for row in VOCABULARY}


PHRASES: list[tuple[Operation, str, int]] = [
    (row, phrase, -1 if phrase in row.less else 1) for row in VOCABULARY for phrase in row.phrases
]


@pytest.mark.parametrize(("row", "phrase", "sign"), PHRASES, ids=[phrase for _, phrase, _ in PHRASES])
def test_every_phrase_calls_its_row(row: Operation, phrase: str, sign: int) -> None:
    need = {"text": " 'Hello'", "tint": " red"}.get(row.name, "")
    (step,) = parse(f"make it {phrase}{need}").steps
    assert step.operation is row
    assert step.details.sign == sign


@pytest.mark.parametrize("row", VOCABULARY, ids=lambda row: row.name)
def test_every_name_calls_its_row(row: Operation) -> None:
    need = {"text": " 'Hello'", "tint": " red"}.get(row.name, "")
    assert [step.operation for step in parse(row.name + need).steps] == [row]


@pytest.mark.parametrize("row", VOCABULARY, ids=lambda row: row.name)
def test_guide_lists_every_word(row: Operation) -> None:
    line = next(line for line in GUIDE.read_text().splitlines() if line.startswith(f"| {row.name} |"))
    words = line.split("|")[2].replace(". Opposite: ", ", ").strip().split(", ")
    assert set(words) == set(row.phrases)
    assert row.does in line


def test_examples_of_the_guide_are_understood() -> None:
    section = GUIDE.read_text().split("## Editing")[1].split("`revised_prompt`")[0]
    examples = [line.removeprefix("- ") for line in section.splitlines() if line.startswith("- ")]
    assert len(examples) >= 4
    assert [example for example in examples if not parse(example).is_complete] == []


def test_help_is_one_short_line_with_every_row() -> None:
    assert len(VOCABULARY_HELP) < 1500
    assert "\n" not in VOCABULARY_HELP
    for row in VOCABULARY:
        assert row.name in VOCABULARY_HELP or row.words[0] in VOCABULARY_HELP


@pytest.mark.parametrize("row", VOCABULARY, ids=lambda row: row.name)
def test_four_variations_are_four_pictures(photo: Image.Image, row: Operation) -> None:
    plan = parse(CALLS.get(row.name, row.words[0]))
    speckled = grained(photo)
    pictures = [apply(plan, [speckled, photo.rotate(180)], None, variation=index) for index in range(4)]
    assert len({(picture.size, picture.tobytes()) for picture in pictures}) == 4


@pytest.mark.parametrize("row", VOCABULARY, ids=lambda row: row.name)
@pytest.mark.parametrize("size", [(1, 1), (1, 70), (90, 1), (3, 2)], ids=str)
def test_row_takes_the_smallest_pictures(row: Operation, size: tuple[int, int]) -> None:
    tiny = Image.new("RGB", size, (90, 120, 200))
    plan = parse(CALLS.get(row.name, row.words[0]))
    edited = apply(plan, [tiny, tiny], None, variation=1)
    assert row.reshapes or edited.size == size


@pytest.mark.parametrize("row", VOCABULARY, ids=lambda row: row.name)
def test_row_leaves_its_input_alone_and_repeats_itself(photo: Image.Image, row: Operation) -> None:
    plan, original = parse(CALLS.get(row.name, row.words[0])), photo.copy()
    first, second = (apply(plan, [photo, original], None, variation=2) for _ in range(2))
    assert photo.tobytes() == original.tobytes()
    assert first.tobytes() == second.tobytes()
