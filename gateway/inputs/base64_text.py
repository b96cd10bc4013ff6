"""Pictures that arrive as text: data URLs and bare base64, with the liberties that clients take."""

from __future__ import annotations

import base64
import binascii
import re

from gateway.errors import BadRequest, PayloadTooLarge

_BLANKS = str.maketrans("", "", " \t\r\n")
_URL_SAFE = str.maketrans("-_", "+/")
_ALPHABET = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def decode_picture_text(text: str, param: str, max_bytes: int) -> bytes:
    """The bytes that a data URL or bare base64 stands for. Blocks for milliseconds when it is long.

    Line breaks, the URL-safe alphabet and missing padding are taken; anything else is not.

    Raises:
        BadRequest: not base64, or a data URL that is not base64.
        PayloadTooLarge: more than `max_bytes`, told from the length before anything is decoded.
    """
    payload = _payload(text, param)
    if len(payload) * 3 // 4 > max_bytes + 3 and len(payload.translate(_BLANKS)) * 3 // 4 > max_bytes + 3:
        raise PayloadTooLarge(f"The picture has more than {max_bytes} bytes", param=param)
    plain = payload.translate(_BLANKS).translate(_URL_SAFE)
    body = plain.rstrip("=")
    if not body or len(body) % 4 == 1 or not _ALPHABET.fullmatch(plain):
        raise BadRequest.picture(param, "A picture is an http(s) URL, a data URL, base64 text or an uploaded file.")
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4))
    except binascii.Error:
        raise BadRequest.picture(param, "The base64 text cannot be decoded.") from None
    if len(data) > max_bytes:
        raise PayloadTooLarge(f"The picture has more than {max_bytes} bytes", param=param)
    return data


def _payload(text: str, param: str) -> str:
    if text[:5].lower() != "data:":
        return text
    head, comma, payload = text.partition(",")
    if not comma or not head.lower().endswith(";base64"):
        raise BadRequest.picture(param, "A data URL must be of the form data:image/png;base64,...")
    return payload
