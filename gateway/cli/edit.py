"""`edit`: pictures changed by an instruction, everywhere or inside a mask."""

from __future__ import annotations

import argparse
from pathlib import Path

from gateway.client import command, options
from gateway.client.failures import Unusable
from gateway.client.orders import Order, new_key
from gateway.images import MOST_INPUT_PICTURES, Operation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_prompt(parser, "what is to change")
    parser.add_argument(
        "images",
        nargs="+",
        metavar="IMAGE",
        help="a file, an address, or - for standard input; the first sets the size",
    )
    parser.add_argument(
        "--mask", metavar="IMAGE", help="change only where it is transparent, or else where it is white"
    )
    options.add_making(parser)
    options.add_common(parser)


def run(given: argparse.Namespace, _: Path | None) -> int:
    return command.run(given, order)


def order(given: argparse.Namespace) -> Order:
    """Raises Unusable."""
    if [given.prompt, *given.images, given.mask].count("-") > 1:
        raise Unusable("Standard input can be read once", "Let - stand for one thing.")
    if len(given.images) > MOST_INPUT_PICTURES:
        raise Unusable(f"{len(given.images)} pictures are too many", f"At most {MOST_INPUT_PICTURES} are taken.")
    fields = {"prompt": options.prompt_of(given), **options.making_of(given), **options.common_of(given)}
    images = tuple(options.picture(image) for image in given.images)
    mask = None if given.mask is None else options.picture(given.mask)
    return Order(Operation.EDIT, fields, given.key or new_key(), images, mask)
