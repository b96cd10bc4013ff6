"""Recoded pictures stay in memory while they are small and few (I1)."""

from __future__ import annotations

import gc
import random

from PIL import Image
from support.samples import decoded

from gateway.blob import MemoryBlob
from gateway.images import ImageFormat
from gateway.imaging.codec import encode
from gateway.imaging.output import LARGEST_IN_MEMORY, Output
from gateway.spool import IN_MEMORY, SpooledBlob, SpoolMemory

PIECE = random.Random(3).randbytes(64 * 1024)


def output(size: int, shared: SpoolMemory) -> tuple[object, bytes]:
    file, pieces = Output(shared), [PIECE] * (size // len(PIECE))
    for piece in pieces:
        assert file.write(piece) == len(piece)
    blob = file.finish()
    assert blob.read() == b"".join(pieces)
    return blob, blob.read()


def test_a_small_one_stays_in_memory() -> None:
    blob, _ = output(3 * IN_MEMORY, SpoolMemory())

    assert isinstance(blob, MemoryBlob)


def test_a_large_one_is_left_to_the_disk() -> None:
    blob, _ = output(LARGEST_IN_MEMORY + IN_MEMORY, SpoolMemory())

    assert isinstance(blob, SpooledBlob)


def test_many_share_one_memory_and_give_it_back() -> None:
    shared = SpoolMemory(5 * IN_MEMORY)
    kept, _ = output(4 * IN_MEMORY, shared)

    assert isinstance(output(4 * IN_MEMORY, shared)[0], SpooledBlob)
    del kept
    gc.collect()
    assert isinstance(output(4 * IN_MEMORY, shared)[0], MemoryBlob)


def test_every_format_is_written_so() -> None:
    for form in (ImageFormat.PNG, ImageFormat.JPEG, ImageFormat.WEBP):
        picture = encode(Image.effect_noise((64, 48), 90), form)
        assert decoded(picture.blob.read()).size == (64, 48)
