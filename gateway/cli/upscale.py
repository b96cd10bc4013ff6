"""`upscale`: a picture twice or four times as wide and high."""

from __future__ import annotations

import argparse
from pathlib import Path

from gateway.client import command, options
from gateway.client.orders import Order, new_key
from gateway.images import Operation, UpscaleFactor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", metavar="IMAGE", help="a file, an address, or - for standard input")
    parser.add_argument(
        "--factor", choices=list(UpscaleFactor), default=UpscaleFactor.X2, help="default: x2; x4 takes longer"
    )
    options.add_common(parser)


def run(given: argparse.Namespace, _: Path | None) -> int:
    return command.run(given, order)


def order(given: argparse.Namespace) -> Order:
    """Raises Unusable."""
    fields = {"upscale_factor": str(given.factor), **options.common_of(given)}
    return Order(Operation.UPSCALE, fields, given.key or new_key(), (options.picture(given.image),))
