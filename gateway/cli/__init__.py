"""The command line: one file a command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol, cast

from gateway import __version__, collector

DEFAULT_FILE = Path("gateway.yaml")


class Row(NamedTuple):
    help: str
    is_configured: bool = True
    """Whether it reads gateway.yaml."""


COMMANDS: Mapping[str, Row] = MappingProxyType(
    {
        "serve": Row("run the gateway (the command that is meant when none is named)"),
        "generate": Row("make pictures from words", is_configured=False),
        "edit": Row("change pictures by an instruction", is_configured=False),
        "upscale": Row("make a picture larger", is_configured=False),
        "check": Row("check the configuration and name every fault by its key"),
        "doctor": Row("ask each upstream whether it would work, and say what to change"),
        "openapi": Row("print the OpenAPI 3.1 definition of the API as it is configured"),
        "token": Row("make a bearer token and print the line for gateway.yaml", is_configured=False),
        "verify": Row("check every stored picture against the digest in its name"),
    }
)


class Command(Protocol):
    """A module of this folder, named like its command."""

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None: ...

    def run(self, options: argparse.Namespace, path: Path | None, /) -> int:
        """Gives the exit status. `path` is that of gateway.yaml, if there is one."""
        ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0 done, 1 a fault that was named, 2 wrong usage.

    The commands that make pictures know two more: 3 for what may go well later, 130 for Ctrl-C.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0] not in COMMANDS and given[0] not in {"-h", "--help", "--version"}):
        given.insert(0, "serve")
    parser = _parser()
    row = COMMANDS.get(given[0])
    if row is None:
        parser.parse_args(given)
        return 0
    # Only the one that is wanted is loaded: a second that everybody would wait who asks for a picture.
    with collector.loading():
        command = cast("Command", import_module(f"gateway.cli.{given[0]}"))
    command.add_arguments(parser.commands[given[0]])
    options = parser.parse_args(given)
    if not row.is_configured:
        return command.run(options, None)
    return _run_configured(command.run, options)


def _run_configured(run: Callable[[argparse.Namespace, Path | None], int], options: argparse.Namespace) -> int:
    from gateway.cli.complaints import complaining  # noqa: PLC0415 - brings pydantic, which takes as long to load

    path = options.config or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    return complaining(path, lambda: run(options, path))


class _Parser(argparse.ArgumentParser):
    """Remembers the parser of each command."""

    commands: dict[str, argparse.ArgumentParser]


def _parser() -> _Parser:
    parser = _Parser(
        prog="nano-banana-gateway",
        description="A self-hosted gateway for making, editing and upscaling images.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=argparse.ArgumentParser)
    # No abbreviations: `--token SECRET` would be taken for `--token-file`.
    parser.commands = {
        name: subs.add_parser(name, help=row.help, description=row.help, allow_abbrev=False)
        for name, row in COMMANDS.items()
    }
    for name, row in COMMANDS.items():
        if row.is_configured:
            parser.commands[name].add_argument(
                "--config",
                type=Path,
                metavar="FILE",
                help="default: ./gateway.yaml if there is one, else built-in defaults",
            )
    return parser
