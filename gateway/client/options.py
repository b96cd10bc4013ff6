"""The options that `generate`, `edit` and `upscale` share, and what they mean."""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from gateway.client.failures import Unusable
from gateway.client.orders import LocalPicture, Source
from gateway.images import LARGEST_N, LONGEST_PROMPT, OUTPUT_FORMATS, AspectRatio, ImageFormat
from gateway.imaging.formats import sniff

ADDRESS = "http://127.0.0.1:8080"
ADDRESS_VARIABLE, TOKEN_VARIABLE = "NANO_BANANA_GATEWAY", "NANO_BANANA_TOKEN"
PATIENCE = 600
"""Seconds that one answer may take by default: twice what a gateway allows by default."""
_ENDINGS = {".png": ImageFormat.PNG, ".jpg": ImageFormat.JPEG, ".jpeg": ImageFormat.JPEG, ".webp": ImageFormat.WEBP}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Way:
    """How the gateway is reached."""

    address: str
    token: str | None
    proxy: str | None


def add_prompt(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument("prompt", metavar="PROMPT", help=f"{words}; - reads it from standard input")


def add_making(parser: argparse.ArgumentParser) -> None:
    """What generating and editing share beyond `add_common`."""
    parser.add_argument("-n", type=int, choices=range(1, LARGEST_N + 1), default=1, help="pictures; default: 1")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--ratio", choices=[ratio.value for ratio in AspectRatio], help="the shape")
    shape.add_argument("--size", metavar="WxH", help="the shape, in OpenAI's words; it selects a ratio, never pixels")
    parser.add_argument("--seed", type=int, help="the same seed, the same picture, where the backend knows seeds")


def add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=list(OUTPUT_FORMATS), help="default: by the ending of --output, else png")
    parser.add_argument("--model", help="default: the gateway's")
    parser.add_argument(
        "--extra",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        type=_pair,
        help="a field of the backend's own, such as negative_prompt; may stand more than once",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help="a file, a folder, or - for standard output; default: a name of its own in this folder",
    )
    parser.add_argument("--force", action="store_true", help="write over files that are there")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    way = parser.add_argument_group("the gateway")
    way.add_argument(
        "--gateway",
        metavar="URL",
        default=os.environ.get(ADDRESS_VARIABLE) or ADDRESS,
        help=f"default: {ADDRESS_VARIABLE} of the environment, else {ADDRESS}",
    )
    way.add_argument(
        "--token-file", metavar="FILE", type=Path, help=f"holds the bearer token; default: {TOKEN_VARIABLE}"
    )
    way.add_argument(
        "--timeout", type=_seconds, default=PATIENCE, metavar="SECONDS", help="for one answer; default: %(default)s"
    )
    way.add_argument(
        "--wait", type=_seconds, default=0, metavar="SECONDS", help="wait as long in all for a busy gateway; default: 0"
    )
    way.add_argument("--key", type=_key, help="the Idempotency-Key of a command that was cut off, to have its pictures")


def way_of(options: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> Way:
    """Raises Unusable: the address is none, or the token cannot be read."""
    address = options.gateway.rstrip("/").removesuffix("/v1")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port  # `port` raises for what is no number
    except ValueError:
        host = None
    if host is None or parts.scheme not in {"http", "https"} or parts.username or parts.query or parts.fragment:
        raise Unusable(f"{options.gateway} is no address of a gateway", f"It is like {ADDRESS}.")
    return Way(address, _token(options.token_file, environ), _proxy(parts.scheme, host))


def form_of(options: argparse.Namespace) -> ImageFormat | None:
    """The format that was asked for, in words or by the ending of the file; None leaves it to the gateway.

    Raises:
        Unusable: the ending says something else.
    """
    asked = ImageFormat(options.format) if options.format else None
    output = options.output
    if output in {None, "-"} or output.endswith(os.sep) or Path(output).is_dir():
        return asked
    ending = Path(output).suffix.lower()
    named = _ENDINGS.get(ending)
    if ending and named is None and not Path(output).exists():  # a device has any name
        raise Unusable(f"{output} ends in {ending}", "Pictures are made as .png, .jpg and .webp.")
    if asked and named and asked is not named:
        raise Unusable(f"{output} would hold a {asked}", "Leave out --format, or give the file another ending.")
    return asked or named


def prompt_of(options: argparse.Namespace) -> str:
    """Raises Unusable: nothing, or more than any gateway takes."""
    prompt = (sys.stdin.read() if options.prompt == "-" else options.prompt).strip()
    if not 1 <= len(prompt) <= LONGEST_PROMPT:
        raise Unusable(f"The prompt has {len(prompt)} characters", f"It may have 1 to {LONGEST_PROMPT}.")
    return str(prompt)


def making_of(options: argparse.Namespace) -> dict[str, object]:
    """Fields of what `add_making` has added."""
    return _given({"n": options.n, "aspect_ratio": options.ratio, "size": options.size, "seed": options.seed})


def common_of(options: argparse.Namespace) -> dict[str, object]:
    """Fields of what `add_common` has added."""
    return _given({"model": options.model, "output_format": form_of(options)}) | dict(options.extra)


def picture(given: str) -> Source:
    """A picture as it is named on the command line: a file, an address, or - for standard input.

    Raises:
        Unusable: it cannot be read, or is no picture.
    """
    if given.lower().startswith(("http://", "https://")):
        return given
    try:
        data = sys.stdin.buffer.read() if given == "-" else Path(given).read_bytes()
    except OSError as error:
        raise Unusable(f"{given}: {error.strerror or error}") from error
    name, form = ("picture" if given == "-" else Path(given).name), sniff(data)
    if form is None:
        raise Unusable(f"{given} is no picture", "A gateway takes PNG, JPEG, WebP, GIF and BMP.")
    return LocalPicture(name, data, form)


def _given(fields: Mapping[str, object | None]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _token(file: Path | None, environ: Mapping[str, str]) -> str | None:
    if file is None:
        token = environ.get(TOKEN_VARIABLE, "").strip()
    else:
        try:
            token = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Unusable(f"{file}: {getattr(error, 'strerror', None) or 'is no text'}") from error
        if not token:
            raise Unusable(f"{file} is empty", "It holds the token alone.")
    if token and not (token.isascii() and token.isprintable()):
        raise Unusable("The token holds what no token holds", "It is one line of plain letters.")  # and is not shown
    return token or None


def _proxy(scheme: str, host: str) -> str | None:
    """That of the environment; never for this machine."""
    if host in _LOOPBACK or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(scheme)


def _pair(text: str) -> tuple[str, object]:
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise argparse.ArgumentTypeError("an extra field is NAME=VALUE")
    try:
        found = json.loads(value)
    except ValueError:
        return name, value
    return name, found if isinstance(found, int | float | bool) else value  # `true`, numbers; all else is text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 86_400:  # noqa: PLR2004 - a day
        raise argparse.ArgumentTypeError("from 0 to 86400 seconds")
    return seconds


def _key(text: str) -> str:
    if not (0 < len(text) <= 255 and text.isascii() and text.isprintable()):  # noqa: PLR2004 - as the API says
        raise argparse.ArgumentTypeError("a key has 1 to 255 printable ASCII characters")
    return text
