"""The bytes that are set aside for a piece of work are not exceeded by it (I1).

python -m pytest tests/imaging/test_costs.py -s            pictures of 4 megapixels
python -m pytest tests/imaging/test_costs.py -s -m slow    the largest that are taken: each alone, and what it takes
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.drivers import taken
from support.memory import MIB
from support.picture_work import written
from support.samples import photograph

from gateway.blob import MemoryBlob
from gateway.images import ImageFormat
from gateway.imaging import costs
from gateway.imaging.limits import PictureLimits
from gateway.imaging.workers import ALONE, DECODE_BUDGET

TESTS = Path(__file__).parents[1]
NOISE = 8 * MIB
"""What the interpreter and the C library take beside pixels."""

SMALL = [
    ("jpeg", "upright jpeg"),
    ("jpeg-inks-progressive", "upright png"),
    ("png-keyed", "convert jpeg"),
    ("png-transparent", "convert jpeg"),
    ("png-transparent", "convert webp"),
    ("png-16", "convert jpeg"),
    ("webp", "convert png"),
    ("gif", "pad webp"),
    ("png-transparent", "x2 jpeg"),
    ("png-transparent", "mask"),
    ("jpeg", "padded"),
]
LARGE = [
    ("jpeg", 40, "upright jpeg"),
    ("jpeg", 64, "convert png"),
    ("jpeg-inks", 40, "upright png"),
    ("jpeg-progressive", 40, "upright jpeg"),
    ("jpeg-inks-progressive", 40, "upright png"),
    ("png", 64, "convert jpeg"),
    ("png", 64, "crop png"),
    ("png", 20, "pad png"),
    ("png", 40, "convert webp"),
    ("png-keyed", 40, "convert jpeg"),
    ("png-16", 64, "convert jpeg"),
    ("png-palette", 40, "convert jpeg"),
    ("png-transparent", 64, "convert jpeg"),
    ("gif", 40, "convert png"),
    ("bmp", 40, "convert png"),
    ("webp", 40, "convert png"),
    ("webp-lossless", 40, "convert jpeg"),
    ("webp-transparent", 40, "convert jpeg"),
    ("jpeg", 16, "x2 png"),
    ("png-transparent", 16, "x2 png"),
    ("png-transparent", 16, "x2 jpeg"),
    ("png-transparent", 4, "x4 jpeg"),
    ("png-transparent", 12, "convert webp"),
    ("png-transparent", 1, "x4 webp"),
    ("png-transparent", 40, "mask"),
    ("jpeg", 40, "padded"),
]


def measured(kind: str, megapixels: int, work: str) -> tuple[int, int]:
    """Bytes that it took, and that were set aside for it."""
    command = [sys.executable, "-m", "support.picture_work", kind, str(megapixels), *work.split()]
    done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter and module
    assert done.stderr == ""
    rise, charged = map(int, done.stdout.split())
    sys.stdout.write(f"\n  {kind}, {megapixels} megapixels, {work}: {rise / MIB:.0f} of {charged / MIB:.0f} MiB\n")
    return rise, charged


@pytest.mark.skipif(sys.platform != "linux", reason="another kernel, which does not tell the peak of a process")
@pytest.mark.parametrize(("kind", "work"), SMALL)
def test_small_pictures_take_what_is_set_aside(kind: str, work: str) -> None:
    rise, charged = measured(kind, 4, work)

    assert charged / 3 < rise <= charged + NOISE  # far more than is taken would keep others waiting for nothing


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "megapixels", "work"), LARGE)
def test_the_largest_fit_into_what_one_alone_may_take(kind: str, megapixels: int, work: str) -> None:
    rise, charged = measured(kind, megapixels, work)

    assert rise <= charged + NOISE
    assert charged <= ALONE * DECODE_BUDGET


@pytest.mark.parametrize("kind", ["jpeg", "jpeg-progressive", "webp", "png"])
def test_what_clients_may_send_is_never_too_much(kind: str) -> None:
    limits = PictureLimits()
    largest = replace(taken(written(kind, 1)), width=8000, height=5000, blob=MemoryBlob(bytes(limits.max_bytes)))
    assert largest.width * largest.height == limits.max_pixels

    for form in (ImageFormat.PNG, ImageFormat.JPEG):
        assert costs.recoding(largest, form) <= ALONE * DECODE_BUDGET


def test_a_picture_in_scans_costs_more() -> None:
    plain, progressive = (taken(written(kind, 1)) for kind in ("jpeg", "jpeg-progressive"))

    assert costs.decoding(progressive) > 1.3 * costs.decoding(plain)


def test_a_photograph_of_a_phone_shares_the_budget() -> None:
    """Two of 12 megapixels at a time, turned."""
    photo = taken(photograph((4000, 3000), orientation=6))

    assert 2 * costs.recoding(photo, ImageFormat.PNG) <= DECODE_BUDGET
