"""What `upscale` sends."""

from __future__ import annotations

import argparse

import pytest

from gateway.cli import upscale
from gateway.images import Operation


@pytest.mark.parametrize(("arguments", "factor"), [([], "x2"), (["--factor", "x4"], "x4")])
def test_twice_as_large_unless_it_is_told_otherwise(arguments: list[str], factor: str) -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    upscale.add_arguments(parser)

    order = upscale.order(parser.parse_args(["https://example.com/a.png", *arguments]))

    assert order.operation is Operation.UPSCALE
    assert order.fields == {"upscale_factor": factor}
    assert order.images == ("https://example.com/a.png",)
