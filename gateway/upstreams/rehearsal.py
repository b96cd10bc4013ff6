"""Requests to backends that are shown instead of sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from aiohttp import FormData
from yarl import URL

from gateway.upstreams.base import NotSent
from gateway.upstreams.blob_payload import BlobPayload
from gateway.upstreams.json_body import Base64, JsonBody

LONGEST_TEXT = 200
"""Characters of one text that are shown; what is longer is mostly base64."""

_SECRET_HEADERS = frozenset({"authorization", "api-key", "x-goog-api-key", "x-key"})


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One request as it would have gone out, with its secrets masked and its long texts cut."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str


@dataclass(slots=True)
class Rehearsal:
    requests: list[Rehearsed] = field(default_factory=list)


rehearsal: ContextVar[Rehearsal | None] = ContextVar("rehearsal", default=None)
"""Set while nothing may be sent; tasks begun meanwhile inherit it."""


def rehearse(
    method: str, url: URL, headers: Mapping[str, str], *, json: object = None, data: FormData | JsonBody | None = None
) -> None:
    """Do nothing, unless this is a rehearsal: then note the request and raise NotSent."""
    running = rehearsal.get()
    if running is None:
        return
    shown = {name: "***" if name.lower() in _SECRET_HEADERS else value for name, value in headers.items()}
    match data:
        case FormData():
            body = _shown_form(data)
        case JsonBody():
            body = _shown_json(data.document)
        case None:
            body = _shown_json(json)
    running.requests.append(Rehearsed(method, str(url), shown, body))
    raise NotSent("this is a rehearsal")


def _shown_json(value: object) -> str:
    return "" if value is None else json.dumps(_cut(value), indent=2, ensure_ascii=False)


def _cut(value: object) -> object:
    match value:
        case str() if len(value) > LONGEST_TEXT:
            return f"{value[:40]}... ({len(value)} characters)"
        case Base64():
            return str(value)
        case Mapping():
            return {name: _cut(item) for name, item in value.items()}
        case list() | tuple():
            return [_cut(item) for item in value]
        case _:
            return value


def _shown_form(form: FormData) -> str:
    lines = []
    for options, _, value in form._fields:
        shown = str(value) if isinstance(value, BlobPayload) else _cut(value)
        lines.append(f"{options['name']}: {shown}")
    return "\n".join(lines)
