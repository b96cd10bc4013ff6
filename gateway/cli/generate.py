"""`generate`: a picture from words, made by any gateway."""

from __future__ import annotations

import argparse
from pathlib import Path

from gateway.client import command, options
from gateway.client.orders import Order, new_key
from gateway.images import Operation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_prompt(parser, "what the picture shows")
    options.add_making(parser)
    options.add_common(parser)


def run(given: argparse.Namespace, _: Path | None) -> int:
    return command.run(given, order)


def order(given: argparse.Namespace) -> Order:
    """Raises Unusable."""
    fields = {"prompt": options.prompt_of(given), **options.making_of(given), **options.common_of(given)}
    return Order(Operation.GENERATE, fields, given.key or new_key())
