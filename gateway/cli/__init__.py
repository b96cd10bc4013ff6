"""The command line: one file a command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from gateway import __version__
from gateway.cli import check, doctor, openapi, serve, token, verify
from gateway.cli.complaints import complaining

DEFAULT_FILE = Path("gateway.yaml")
_COMMANDS = {"serve": serve, "check": check, "doctor": doctor, "openapi": openapi, "token": token, "verify": verify}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0 done, 1 a fault that was named, 2 wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0] not in _COMMANDS and given[0] not in {"-h", "--help", "--version"}):
        given.insert(0, "serve")
    options = _parser().parse_args(given)
    path = options.config or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    return complaining(path, lambda: int(_COMMANDS[options.command].run(options, path)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nano-banana-gateway",
        description="A self-hosted gateway for making, editing and upscaling images.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in _COMMANDS.items():
        sub = commands.add_parser(name, help=command.HELP, description=command.HELP)
        sub.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            help="default: ./gateway.yaml if there is one, else built-in defaults",
        )
        command.add_arguments(sub)
    return parser
