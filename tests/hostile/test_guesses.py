"""Guessing the name of a hosted picture leads nowhere, however much of it is known (H2).

python -m pytest tests/hostile/test_guesses.py -s            5 000 guesses
python -m pytest tests/hostile/test_guesses.py -s -m slow    1 000 000
"""

from __future__ import annotations

import dataclasses
import random
import sys
from pathlib import Path

import pytest

from gateway.blob import MemoryBlob
from gateway.hosting.names import HALF_TOKEN, HostedName
from gateway.hosting.retention import Retention
from gateway.hosting.stores.base import Draft
from gateway.hosting.stores.filesystem import FileStore
from gateway.images import ImageFormat, Operation

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def guess(name: HostedName, dice: random.Random) -> HostedName:
    """All that can be known is known: when, what, and the digest of the bytes. Half of them miss by one letter."""
    secret = "".join(dice.choices(ALPHABET, k=HALF_TOKEN))
    if dice.random() < 0.5:
        at = dice.randrange(HALF_TOKEN)
        letter = dice.choice(ALPHABET.replace(name.secret[at], ""))
        secret = name.secret[:at] + letter + name.secret[at + 1 :]
    return dataclasses.replace(name, secret=secret)


@pytest.mark.parametrize("guesses", [5_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
async def test_no_guess_hits(tmp_path: Path, guesses: int) -> None:
    store, dice, hits = FileStore(tmp_path / "images", Retention()), random.Random(guesses), 0
    await store.open()
    name = await store.put(Draft(MemoryBlob(b"a picture"), Operation.GENERATE, ImageFormat.PNG))

    for _ in range(guesses):
        hits += store._open(guess(name, dice)) is not None  # what a request comes to, without its hand-off
    found = store._open(name)
    assert found is not None
    found.abandon()
    await store.close()

    sys.stdout.write(f"\n  {guesses} guesses: {hits} hits\n")
    assert hits == 0
