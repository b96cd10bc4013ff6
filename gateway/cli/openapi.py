"""`openapi`: print the definition of the API as it is configured."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from gateway.app import describe
from gateway.config_file import load
from gateway.upstreams import DRIVER_SETTINGS


def add_arguments(_: argparse.ArgumentParser) -> None:
    """It takes none of its own."""


def run(_: argparse.Namespace, path: Path | None) -> int:
    json.dump(describe(load(path, DRIVER_SETTINGS)), sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0
