"""`verify`: read every stored picture and hold it against the digest in its name."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gateway.config_file import ConfigError, load
from gateway.hosting.verification import verify
from gateway.upstreams import DRIVER_SETTINGS


def add_arguments(_: argparse.ArgumentParser) -> None:
    """It takes none of its own."""


def run(_: argparse.Namespace, path: Path | None) -> int:
    images = load(path, DRIVER_SETTINGS).images
    if images.scheme != "file":
        raise ConfigError(["images.store: verify reads folders; object stores check what they keep themselves"])
    folder = images.folder
    try:
        report = verify(folder)
    except OSError as error:
        sys.stderr.write(f"{folder}: cannot be read: {error.strerror or error}\n")
        return 1
    for name in report.damaged:
        sys.stdout.write(f"damaged: {name}\n")
    sys.stdout.write(
        f"{folder}: {report.good} pictures good, {len(report.damaged)} damaged,"
        f" {report.unfinished} unfinished, {report.foreign} files that are not the store's\n"
    )
    return 1 if report.damaged else 0
