"""What the WebUI answers becomes pictures as base64, or an outcome. Its texts hold paths: they are never repeated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from gateway.upstreams.base import EmptyAnswer, Refused, Rejected, UpstreamError
from gateway.upstreams.http import HttpAnswer, failure

_NAME = re.compile(r"[A-Za-z0-9_.]{1,64}")
_NOT_FOUND = {
    "Not Found": "no API there: start the WebUI with --api, and check base_url",
    "Sampler not found": "it has no such sampler",
}


def members(answer: HttpAnswer) -> Mapping[str, object]:
    """
    Raises:
        UpstreamError: the answer is no success, or no JSON object.
    """
    said = answer.json()
    if not answer.ok or not isinstance(said, dict):
        raise failure_of(answer)
    return said


def items(answer: HttpAnswer) -> list[Mapping[str, object]]:
    """The objects of a list; raises like `members`."""
    said = answer.json()
    if not answer.ok or not isinstance(said, list):
        raise failure_of(answer)
    return [item for item in said if isinstance(item, dict)]


def drawn(answer: HttpAnswer, n: int) -> list[str]:
    """At most `n` pictures as base64, without the grid that may stand before them and the masks that may follow.

    Raises:
        UpstreamError: there is none.
    """
    said = members(answer)
    images = said.get("images")
    first = _first(said.get("info"))
    pictures = [image for image in images if isinstance(image, str) and image] if isinstance(images, list) else []
    if not pictures[first:]:
        raise EmptyAnswer("no picture in the answer", status=HTTPStatus.OK)
    return pictures[first : first + n]


def upscaled(answer: HttpAnswer) -> str:
    """The one picture as base64; raises like `drawn`."""
    image = members(answer).get("image")
    if not isinstance(image, str) or not image:
        raise EmptyAnswer("no picture in the answer", status=HTTPStatus.OK)
    return image


def failure_of(answer: HttpAnswer) -> UpstreamError:
    """What an answer means that is not the wanted one: by its status, and by the name of the Python exception."""
    said = answer.json()
    error, detail = (said.get("error"), said.get("detail")) if isinstance(said, dict) else (None, None)
    status = answer.status
    if answer.ok:
        return _no_api(answer)
    if status == HTTPStatus.UNAUTHORIZED:
        return Rejected("it does not take this username and password, which --api-auth sets", status=status)
    if status == HTTPStatus.NOT_FOUND:
        return Rejected(_NOT_FOUND.get(str(detail), "no such route"), status=status)
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return Rejected(f"it does not take the fields {', '.join(_places(detail)) or 'sent'}", status=status)
    if error == "OutOfMemoryError":
        return Refused("its graphics card is out of memory: smaller sizes or a smaller max_n may help", status=status)
    if error == "AssertionError" or detail == "Invalid encoded image":
        return Rejected("it does not take what was sent, such as the name of the upscaler", status=status)
    return failure(answer, f"error {error}" if isinstance(error, str) and _NAME.fullmatch(error) else "")


def _first(info: object) -> int:
    """Where the pictures begin; `info` is JSON inside JSON, and may be missing."""
    try:
        said = json.loads(info) if isinstance(info, str) else None
    except (ValueError, RecursionError):
        return 0
    first = said.get("index_of_first_image") if isinstance(said, dict) else None
    return first if isinstance(first, int) and first >= 0 else 0


def _no_api(answer: HttpAnswer) -> UpstreamError:
    if answer.body.lstrip()[:1] == b"<":
        return Rejected(
            "a web page instead of the API: check base_url, and whether a login stands before it", status=200
        )
    return EmptyAnswer("the answer is not the API's", status=answer.status)


def _places(detail: object) -> Iterator[str]:
    """The fields that FastAPI's validation names."""
    for fault in detail if isinstance(detail, list) else []:
        place = fault.get("loc") if isinstance(fault, dict) else None
        name = ".".join(str(part) for part in place) if isinstance(place, list) else ""
        if _NAME.fullmatch(name):
            yield name
