"""`token`: make a bearer token, and say what to write into gateway.yaml. Nothing is stored."""

from __future__ import annotations

import argparse
import base64
import hashlib
import sys
from pathlib import Path

from pydantic import ValidationError

from gateway.clock import RandomBytes, system_random
from gateway.config import TokenConfig

PREFIX = "nbg_"
"""So that scanners of leaked secrets, and people, know whose it is."""
RANDOM_BYTES = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--name", type=_name, default="client", help="for the log and the configuration; default: %(default)s"
    )


def run(options: argparse.Namespace, _: Path | None) -> int:
    token = make_token()
    sha256 = hashlib.sha256(token.encode()).hexdigest()
    lines = [
        f"token:  {token}",
        f"sha256: {sha256}",
        "",
        "Hand the token to its client now: it is kept nowhere. Under auth.tokens in gateway.yaml goes its hash:",
        "",
        f'    - {{name: "{options.name}", sha256: "{sha256}"}}',
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def make_token(random_bytes: RandomBytes = system_random) -> str:
    """256 random bits in letters that need no escaping anywhere."""
    return PREFIX + base64.urlsafe_b64encode(random_bytes(RANDOM_BYTES)).rstrip(b"=").decode()


def _name(text: str) -> str:
    try:
        return TokenConfig(name=text, sha256="0" * 64).name
    except ValidationError:
        raise argparse.ArgumentTypeError("a name is 1 to 64 letters, digits, dots, dashes and underscores") from None
