"""What an upstream calls a picture becomes one, or an outcome: its bytes are believed, nothing else of it."""

from __future__ import annotations

import asyncio
import base64
import binascii

from gateway.images import Picture
from gateway.imaging.errors import PictureError
from gateway.imaging.reading import read_picture
from gateway.inputs.fetch import UrlRefused
from gateway.upstreams.base import Ambiguous, EmptyAnswer, NotSent
from gateway.upstreams.http import UpstreamHttp
from gateway.upstreams.tools import Tools


async def from_base64(text: str, tools: Tools) -> Picture:
    """Base64 with or without a data prefix; decoded and walked in a worker thread.

    Raises:
        EmptyAnswer: no base64, or no picture that we take.
    """
    return await asyncio.to_thread(_decode, text, tools)


async def from_bytes(data: bytes, tools: Tools) -> Picture:
    """Raises EmptyAnswer as `from_base64`."""
    return await asyncio.to_thread(_read, data, tools)


async def from_url(address: str, http: UpstreamHttp, tools: Tools) -> Picture:
    """A picture that the answer names: from the backend itself, or from elsewhere through the guarded fetch.

    Raises:
        EmptyAnswer: it cannot be fetched, or is no picture.
        Ambiguous: the backend made it, and cannot be reached any more.
    """
    if address.startswith("data:"):
        return await from_base64(address, tools)
    try:
        url = http.resolve(address)
        if not http.owns(url):
            return await from_bytes(await tools.fetch.download(str(url)), tools)
    except (ValueError, UrlRefused) as error:
        raise EmptyAnswer("the picture's address cannot be fetched") from error
    try:
        answer = await http.get(url)
    except NotSent as error:  # which is true of this look alone, and would have the work itself done again
        raise Ambiguous("the picture's address cannot be reached") from error
    if not answer.ok:
        raise EmptyAnswer("the picture's address gave no picture", status=answer.status)
    return await from_bytes(answer.body, tools)


def _decode(text: str, tools: Tools) -> Picture:
    payload = text.partition(",")[2] if text.startswith("data:") else text
    try:
        data = base64.b64decode(payload)
    except (binascii.Error, ValueError) as error:
        raise EmptyAnswer("the picture is not base64") from error
    return _read(data, tools)


def _read(data: bytes, tools: Tools) -> Picture:
    try:
        return read_picture(data, tools.picture_limits)
    except PictureError as error:
        raise EmptyAnswer(f"no picture: {error}") from error
