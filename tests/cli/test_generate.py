"""What `generate` sends."""

from __future__ import annotations

import argparse

from gateway.cli import generate
from gateway.images import Operation


def test_the_words_and_what_was_asked_of_the_picture() -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    generate.add_arguments(parser)
    words = ["  a fox ", "--ratio", "4:3", "-o", "fox.webp", "--model", "m", "--extra", "strict=true", "--seed", "7"]

    order = generate.order(parser.parse_args(words))

    assert order.operation is Operation.GENERATE
    assert order.fields == {
        "prompt": "a fox",
        "n": 1,
        "aspect_ratio": "4:3",
        "seed": 7,
        "model": "m",
        "output_format": "webp",
        "strict": True,
    }
    assert order.images == ()
