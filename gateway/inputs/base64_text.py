"""Pictures that arrive as text: data URLs and bare base64, with the liberties that clients take."""

from __future__ import annotations

import binascii
import re

import pybase64

from gateway.errors import BadRequest, PayloadTooLarge

_BLANKS = b" \t\r\n"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_ALPHABET = re.compile(rb"[A-Za-z0-9+/]+={0,2}")


def decode_picture_text(text: str | bytes | bytearray, param: str, max_bytes: int) -> bytes:
    """The bytes that a data URL or bare base64 stands for. Blocks for milliseconds when it is long.

    Line breaks, the URL-safe alphabet and missing padding are taken; anything else is not.

    Raises:
        BadRequest: not base64, or a data URL that is not base64.
        PayloadTooLarge: more than `max_bytes`, told from the length before anything is decoded.
    """
    whole = _as_bytes(text, param)
    start = _payload_start(whole, param)
    if _least_size(whole, start) > max_bytes:
        raise PayloadTooLarge(f"The picture has more than {max_bytes} bytes", param=param)
    data = _decoded(memoryview(whole)[start:], param)
    if len(data) > max_bytes:
        raise PayloadTooLarge(f"The picture has more than {max_bytes} bytes", param=param)
    return data


def _as_bytes(text: str | bytes | bytearray, param: str) -> bytes | bytearray:
    try:
        return text.encode("ascii") if isinstance(text, str) else text
    except UnicodeEncodeError:
        raise _no_picture(param) from None


def _payload_start(text: bytes | bytearray, param: str) -> int:
    """Behind the head of a data URL; 0 where there is none."""
    if text[:5].lower() != b"data:":
        return 0
    comma = text.find(b",")
    if comma < 0 or not text[:comma].lower().endswith(b";base64"):
        raise BadRequest.picture(param, "A data URL must be of the form data:image/png;base64,...")
    return comma + 1


def _least_size(text: bytes | bytearray, start: int) -> int:
    """Bytes that it stands for at least, however it is padded."""
    blanks = sum(text.count(blank, start) for blank in _BLANKS)
    return (len(text) - start - blanks) * 3 // 4 - 3


def _decoded(payload: memoryview, param: str) -> bytes:
    try:
        return _strictly(payload, param)  # as nearly all clients write it: nothing is copied but the result
    except binascii.Error:
        plain = bytes(payload).translate(_URL_SAFE, _BLANKS)
    body = plain.rstrip(b"=")
    if len(body) % 4 == 1 or not _ALPHABET.fullmatch(plain):
        raise _no_picture(param)
    return _strictly(body + b"=" * (-len(body) % 4), param)


def _strictly(text: bytes | memoryview, param: str) -> bytes:
    """Raises binascii.Error for whatever is not canonical."""
    if not text:
        raise _no_picture(param)
    return pybase64.b64decode(text, validate=True)


def _no_picture(param: str) -> BadRequest:
    return BadRequest.picture(param, "A picture is an http(s) URL, a data URL, base64 text or an uploaded file.")
