"""What Schemathesis cannot know of this API; loaded by `st` in a process of its own.

A schema says that a picture is a text or bytes, not which ones are a picture: where good requests are made, they get
good ones. Dropped are only complaints that the contract answers.
"""

from __future__ import annotations

import json
import os
from itertools import count
from typing import Any

import schemathesis

from support.samples import data_url, plain

PICTURE = plain((16, 16))
AS_TEXT = data_url(PICTURE)
MULTIPART = "multipart/form-data"
FORMS = {MULTIPART, "application/x-www-form-urlencoded"}
EVENTS = "text/event-stream"
KEY = "Idempotency-Key"
BEYOND_SCHEMAS = {"size", "seed", KEY}
"""No schema says which sizes are near a ratio, what each backend takes, and that equal keys are for equal requests."""
OUT_OF_RANGE = 416
EMPTY = ("", b"", [""])
BOOLEANS = {"0", "1", "t", "f", "y", "n", "yes", "no", "on", "off"}
ORDERS = count()
MADE_GOOD: set[str] = set()
"""Ids of the requests that were meant to be good."""


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Make of a request that should be good one that is."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    MADE_GOOD.add(case.id)
    if isinstance(case.body, dict):
        files = _files(case) if case.media_type == MULTIPART else set()
        case.body = {name: _picture(name, value, as_file=name in files) for name, value in case.body.items()}
    if case.query:
        case.query = {name: _picture(name, value, as_file=False) for name, value in case.query.items()}
    if "filename" in case.path_parameters:
        case.path_parameters["filename"] = os.environ["HOSTED"]
    if KEY in case.headers:
        case.headers[KEY] = f"order-{next(ORDERS)}"  # a schema cannot say that equal keys are for equal requests


@schemathesis.hook
def filter_failure(_context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Whether the complaint stands."""
    if "SSE" in failure.title:
        return False  # before OpenAPI 3.2 it takes the schema of a stream for that of each event: see the check below
    if response.status_code == OUT_OF_RANGE or _refused_field(response) in BEYOND_SCHEMAS:
        return "request rejected" not in failure.title
    if "request rejected" in failure.title and _is_our_rule(case, response):
        return False
    if "request accepted" not in failure.title:
        return True
    if "aspect_ratio" in str(case.body or case.query) and "/size" in str(failure):
        return False  # it wins, so nobody looks at the size
    if case.id in MADE_GOOD:
        return False  # what was put in does not look like what it would have put in itself
    if response.headers.get("x-upstream", ["local"]) != ["local"] and "seed" in str(failure):
        return False  # handed to a backend as it is, which judges it
    return not _is_text_that_reads_well(case)


@schemathesis.check
def events_are_described(_context: Any, response: Any, case: Any) -> None:
    """Every event of a stream is one of those that the definition shows beside the stream."""
    if not response.headers.get("content-type", [""])[0].startswith(EVENTS):
        return
    known = case.operation.definition.raw["responses"]["200"]["content"][EVENTS]["x-events"]
    lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: ")]
    events = [json.loads(line) for line in lines]
    assert events, "a stream without an event"
    for event in events:
        assert "error" in event or event["type"] in known, event


def _is_our_rule(case: Any, response: Any) -> bool:
    """What a schema lets through and the contract does not: 2.0 is no integer, and `strict` is kept to."""
    sent = case.body if isinstance(case.body, dict) else {}
    return (_refused_field(response) == "n" and isinstance(sent.get("n"), float)) or "local renderer" in response.text


def _refused_field(response: Any) -> str | None:
    if response.status_code < 400 or response.status_code >= 500:
        return None
    try:
        found: str | None = json.loads(response.text)["error"]["param"]
    except ValueError:
        return None
    return found


def _files(case: Any) -> set[str]:
    """Names of the fields that it sends with a file name: those that are nothing but bytes."""
    schema = case.operation.definition.raw["requestBody"]["content"][MULTIPART]["schema"]
    named = case.operation.schema.raw_schema["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return {name for name, said in named["properties"].items() if said.get("format") == "binary"}


def _picture(name: str, value: Any, *, as_file: bool) -> Any:
    if name not in {"image", "image[]", "mask"} or value is None:
        return value
    good = PICTURE if as_file else AS_TEXT
    return [good for _ in value] if isinstance(value, list) else good


def _is_text_that_reads_well(case: Any) -> bool:
    """A form and a query hold text, where an empty value means none and a boolean has several spellings."""
    said = case.body if case.media_type in FORMS else case.query
    if not isinstance(said, dict):
        return False
    flags = {str(said.get(name)).lower() for name in ("stream", "strict")}
    return any(value in EMPTY for value in said.values()) or bool(flags & BOOLEANS)
