"""`check`: read the configuration, name every fault by its key, change nothing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gateway.app import make_app
from gateway.config_file import load_with_sources
from gateway.exposure import warnings
from gateway.tls import server_context
from gateway.upstreams import DRIVER_SETTINGS

HELP = "check the configuration and name every fault by its key"


def add_arguments(_: argparse.ArgumentParser) -> None:
    """It takes none of its own."""


def run(_: argparse.Namespace, path: Path | None) -> int:
    config, sources = load_with_sources(path, DRIVER_SETTINGS)
    make_app(config)  # finds models that promise what no upstream can do
    server_context(config.server.tls)
    for warning in warnings(config, sources):
        sys.stderr.write(f"{path or 'built-in defaults'}: warning: {warning}\n")
    sys.stdout.write(
        f"{path or 'built-in defaults'}: ok, {len(config.models)} models on {len(config.upstreams)} upstreams\n"
    )
    return 0
