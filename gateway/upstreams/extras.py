"""Request fields beyond the published ones: nobody has checked them before a driver reads them.

JSON gives them types; a form or a query gives text, which is read as what it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from gateway.errors import BadRequest
from gateway.images import ImageRequest

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,19}(\.[0-9]{1,19})?")
_FLAGS: Mapping[str, bool] = MappingProxyType({"true": True, "false": False, "1": True, "0": False})


def _integer(sent: str) -> object:
    return int(sent) if _INTEGER.fullmatch(sent) else sent


def _number(sent: str) -> object:
    return float(sent) if _NUMBER.fullmatch(sent) else sent


def _flag(sent: str) -> object:
    return _FLAGS.get(sent.lower(), sent)


_READINGS: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "guidance_scale": _number,
        "num_inference_steps": _integer,
        "output_compression": _integer,
        "partial_images": _integer,
        "seed": _integer,
        "steps": _integer,
        "strict": _flag,
        "true_cfg_scale": _number,
    }
)
"""The fields, of those that backends are known to take, that are no texts."""


def passed_on(request: ImageRequest, names: AbstractSet[str]) -> dict[str, object]:
    """The fields among `names` that were sent, with their types; what says nothing of its type is the backend's."""
    return {name: _typed(name, sent) for name, sent in request.extras.items() if name in names}


def _typed(name: str, sent: object) -> object:
    reading = _READINGS.get(name)
    return reading(sent) if reading is not None and isinstance(sent, str) else sent


def integer(request: ImageRequest, name: str, *, least: int, most: int) -> int | None:
    """The field `name`, or None where it was not sent.

    Raises:
        BadRequest: not an integer, or out of bounds.
    """
    sent = request.extras.get(name)
    if sent is None:
        return None
    value = _integer(sent) if isinstance(sent, str) else sent
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadRequest.field(name, f"Accepted: an integer from {least} to {most}.", required=False)
    return value


def number(request: ImageRequest, name: str, *, least: float, most: float) -> float | None:
    """Like `integer`, for whatever number."""
    sent = request.extras.get(name)
    if sent is None:
        return None
    value = _number(sent) if isinstance(sent, str) else sent
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise BadRequest.field(name, f"Accepted: a number from {least:g} to {most:g}.", required=False)
    return float(value)


def flag(request: ImageRequest, name: str) -> bool | None:
    """Like `integer`, for true or false."""
    sent = request.extras.get(name)
    if sent is None:
        return None
    value = _flag(sent) if isinstance(sent, str) else sent
    if not isinstance(value, bool):
        raise BadRequest.field(name, "Accepted: true, false.", required=False)
    return value


def text(request: ImageRequest, name: str, *, longest: int) -> str | None:
    """Like `integer`, for a text of at most `longest` characters."""
    sent = request.extras.get(name)
    if sent is None:
        return None
    if not isinstance(sent, str) or len(sent) > longest:
        raise BadRequest.field(name, f"Accepted: a text of at most {longest} characters.", required=False)
    return sent
