from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations

import pytest
from PIL import Image

from gateway.images import AspectRatio
from gateway.imaging.drawing import draw, understands

PROMPTS = (
    "A serene mountain landscape at sunset",
    "A cinematic product photo of a golden banana on a marble table",
    "A cozy robot painting a banana in a sunlit studio",
    "Something that nobody has words for",
    "🍌 東京",
)
SIZE = (128, 96)


def _digest(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "1234"])
def test_another_process_draws_the_same_bytes(hash_seed: str) -> None:
    code = (
        "import hashlib; from gateway.imaging.drawing import draw;"
        f"print(*(hashlib.sha256(draw(p, seed=7, index=1, size={SIZE}).tobytes()).hexdigest() for p in {PROMPTS!a}))"
    )
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)}
    printed = subprocess.run(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert printed.stdout.split() == [_digest(draw(prompt, seed=7, index=1, size=SIZE)) for prompt in PROMPTS]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_seed_and_index_each_make_another_picture(prompt: str) -> None:
    pictures = {
        _digest(draw(prompt, seed=seed, index=index, size=SIZE)) for seed in (0, 1, 2**63 - 1) for index in range(4)
    }
    assert len(pictures) == 12


def test_different_prompts_look_different(distance: Callable[[Image.Image, Image.Image], float]) -> None:
    pictures = [draw(prompt, seed=0, index=0, size=SIZE) for prompt in PROMPTS]
    assert min(distance(one, other) for one, other in combinations(pictures, 2)) > 12


@pytest.mark.parametrize("ratio", AspectRatio)
def test_every_ratio_is_drawn_in_its_size(ratio: AspectRatio) -> None:
    size = (ratio.pixels[0] // 8, ratio.pixels[1] // 8)
    picture = draw(PROMPTS[0], seed=0, index=0, size=size)
    assert (picture.size, picture.mode) == (size, "RGB")


@pytest.mark.parametrize("prompt", ["", " ", "\x00", "a" * 4096, "cat " * 1024, "no no no", "\ud800", "two"])
def test_any_prompt_gives_a_picture(prompt: str) -> None:
    assert draw(prompt, seed=0, index=3, size=(64, 64)).getcolors(1) is None


@pytest.mark.parametrize("size", [(1, 1), (2, 9), (64, 3)])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_tiny_pictures_do_not_fail(prompt: str, size: tuple[int, int]) -> None:
    assert draw(prompt, seed=0, index=0, size=size).size == size


def test_it_says_what_it_understands() -> None:
    assert understands("a teal pattern")
    assert not understands("quixotic zeitgeist")
