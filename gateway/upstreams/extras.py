"""Request fields beyond the published ones: nobody has checked them before a driver reads them.

JSON gives them types; a form or a query gives text, which is read as what it says.
"""

from __future__ import annotations

import re

from gateway.errors import BadRequest
from gateway.images import ImageRequest

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,19}(\.[0-9]{1,19})?")


def integer(request: ImageRequest, name: str, *, least: int, most: int) -> int | None:
    """The field `name`, or None where it was not sent.

    Raises:
        BadRequest: not an integer, or out of bounds.
    """
    sent = request.extras.get(name)
    if sent is None:
        return None
    value = int(sent) if isinstance(sent, str) and _INTEGER.fullmatch(sent) else sent
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadRequest.field(name, f"Accepted: an integer from {least} to {most}.", required=False)
    return value


def number(request: ImageRequest, name: str, *, least: float, most: float) -> float | None:
    """Like `integer`, for whatever number."""
    sent = request.extras.get(name)
    if sent is None:
        return None
    value = float(sent) if isinstance(sent, str) and _NUMBER.fullmatch(sent) else sent
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise BadRequest.field(name, f"Accepted: a number from {least:g} to {most:g}.", required=False)
    return float(value)


def text(request: ImageRequest, name: str, *, longest: int) -> str | None:
    """Like `integer`, for a text of at most `longest` characters."""
    sent = request.extras.get(name)
    if sent is None:
        return None
    if not isinstance(sent, str) or len(sent) > longest:
        raise BadRequest.field(name, f"Accepted: a text of at most {longest} characters.", required=False)
    return sent
