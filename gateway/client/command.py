"""From options to files: what the three commands do alike."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from gateway import __version__
from gateway.client.api import Answer, Api
from gateway.client.failures import FAILED, INTERRUPTED, Failure, Lost, Unusable
from gateway.client.options import way_of
from gateway.client.orders import Order
from gateway.client.saving import Destination, destination
from gateway.client.terminal import Wait, is_watched, printable, shown
from gateway.images import Operation
from gateway.imaging.errors import PictureError
from gateway.imaging.formats import scan
from gateway.imaging.limits import PictureLimits

_DOING = {Operation.GENERATE: "Generating", Operation.EDIT: "Editing", Operation.UPSCALE: "Upscaling"}
_CONNECT = 10
"""Seconds to reach the gateway."""
_ANY_SIZE = PictureLimits(max_bytes=2**31, max_pixels=2**31)


def run(options: argparse.Namespace, make_order: Callable[[argparse.Namespace], Order]) -> int:
    """Have pictures made and kept; gives the exit status."""
    key = options.key
    try:
        order = make_order(options)
        key = order.key
        return asyncio.run(_make(options, order))
    except Failure as failure:
        _say(str(failure), failure.advice)
        return failure.exit_status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains once more at its end
        return FAILED
    except KeyboardInterrupt:
        _say("Interrupted", Lost("", key).advice if key else "")
        return INTERRUPTED


async def _make(options: argparse.Namespace, order: Order) -> int:
    way = way_of(options)
    count = order.fields.get("n", 1)
    place = destination(options.output, order, count if isinstance(count, int) else 1, force=options.force)
    wait = Wait(_DOING[order.operation])
    timeout = ClientTimeout(total=options.timeout or None, sock_connect=_CONNECT)
    headers = {"User-Agent": f"nano-banana-gateway/{__version__}"}
    async with ClientSession(timeout=timeout, headers=headers, cookie_jar=DummyCookieJar()) as session:
        api = Api(session, way.address, way.token, proxy=way.proxy)
        if options.quiet:
            answer = await api.make(order, wait, patience=options.wait)
        else:
            async with shown(wait, sys.stderr):
                answer = await api.make(order, wait, patience=options.wait)
    _keep(answer, place, order)
    if not options.quiet:
        _summarise(answer, order, wait)
    return 0


def _keep(answer: Answer, place: Destination, order: Order) -> None:
    """Raises Failure: a picture is none, or cannot be written."""
    for index, made in enumerate(answer.pictures):
        try:
            found = scan(made.data, _ANY_SIZE)
        except PictureError as error:
            raise Unusable(f"What came is no picture: {error}") from error
        try:
            path = place.save(made.data, found.format, index)
        except BrokenPipeError:
            raise
        except OSError as error:
            reason = f"The picture cannot be written: {error.strerror or error}"
            raise Unusable(reason, Lost("", order.key).advice) from error
        if path is None:
            continue
        facts = f"  {found.width} x {found.height}, {_weight(len(made.data))}" if sys.stdout.isatty() else ""
        sys.stdout.write(f"{path}{facts}\n")
        sys.stdout.flush()


def _summarise(answer: Answer, order: Order, wait: Wait) -> None:
    """For somebody who watches; scripts are told the names of the files alone."""
    if not is_watched(sys.stderr):
        return
    count = len(answer.pictures)
    by = f", by {answer.upstream}" if answer.upstream else ""
    lines = [f"{count} picture{'s' if count > 1 else ''} in {wait.seconds:.1f} s{by}"]
    lines += dict.fromkeys(
        made.revised_prompt for made in answer.pictures if made.revised_prompt not in {None, order.prompt}
    )
    for line in lines:
        sys.stderr.write(f"{printable(str(line))}\n")


def _say(message: str, advice: str) -> None:
    for line in filter(None, (f"nano-banana-gateway: {message}", advice)):
        sys.stderr.write(f"{printable(line)}\n")


def _weight(size: int) -> str:
    if size < 1024**2:
        return f"{max(1, round(size / 1024))} kB"
    return f"{size / 1024**2:.1f} MB"
