"""Whatever the published definition says, ours says too; `published.json` is a copy of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.description import Call, Description, Node

PUBLISHED = Description(json.loads((Path(__file__).parent / "published.json").read_text()))
BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "default")

EDITS = {
    "GET /v1/images/edits query",
    "POST /v1/images/edits application/json",
    "POST /v1/images/edits application/x-www-form-urlencoded",
    "POST /v1/images/edits multipart/form-data",
}
EXCEPTIONS = {
    # An edit without either keeps the shape of its source, so neither has a default.
    **{f"{where} {field}: default": "keeps its shape" for where in EDITS for field in ("size", "aspect_ratio")},
    # Required all the same, as `image` or as `image[]`: see the test below.
    "POST /v1/images/edits multipart/form-data: required image": "the other name does as well",
}


def test_nothing_published_is_missing(ours: Description) -> None:
    mine = {call.name: call for call in ours.calls()}

    missing = [fault for call in PUBLISHED.calls() for fault in _call(call, mine.get(call.name), ours)]

    assert sorted(missing) == sorted(EXCEPTIONS)


def test_schemas_and_responses_keep_their_names(ours: Description) -> None:
    for kind, named in PUBLISHED.document["components"].items():
        assert named.keys() <= ours.document["components"][kind].keys()


def test_an_edit_form_needs_a_picture_by_either_name(ours: Description) -> None:
    form = ours.schema("EditRequestFormData")

    assert ours.accepts(form, {"prompt": "x", "image": "bytes"})
    assert ours.accepts(form, {"prompt": "x", "image[]": ["bytes", "bytes"]})
    assert not ours.accepts(form, {"prompt": "x"})


@pytest.mark.parametrize("call", list(PUBLISHED.calls()), ids=lambda call: call.name)
def test_published_request_examples_are_taken(ours: Description, call: Call) -> None:
    mine = {mine.name: mine for mine in ours.calls()}[call.name]
    sent = {name: parameter["example"] for name, parameter in call.parameters.items() if "example" in parameter}
    body = call.operation.get("requestBody", {"content": {}})["content"].get("application/json")

    assert all(ours.accepts(mine.parameters[name]["schema"], value) for name, value in sent.items())
    if body is not None:
        assert ours.accepts(mine.operation["requestBody"]["content"]["application/json"]["schema"], body["example"])


def test_the_walk_sees_what_is_missing() -> None:
    poorer = json.loads(json.dumps(PUBLISHED.document))
    del poorer["components"]["schemas"]["GenerationRequest"]["properties"]["n"]["default"]
    del poorer["paths"]["/v1/images/upscale"]["get"]["responses"]["504"]
    poorer["components"]["schemas"]["Model"]["properties"]["id"]["enum"].pop()
    other = Description(poorer)
    theirs = {call.name: call for call in other.calls()}

    missing = {fault for call in PUBLISHED.calls() for fault in _call(call, theirs[call.name], other)}

    assert missing >= {"POST /v1/images/generations application/json n: default", "GET /v1/images/upscale: 504"}
    assert any(fault.endswith("id: enum imagen-4.0-upscale-preview") for fault in missing)


def _call(theirs: Call, mine: Call | None, ours: Description) -> Iterator[str]:
    where = theirs.name
    if mine is None:
        yield f"{where}: missing"
        return
    if mine.operation["operationId"] != theirs.operation["operationId"]:
        yield f"{where}: operationId"
    for name, parameter in theirs.parameters.items():
        yield from _parameter(f"{where} {name}", parameter, mine.parameters.get(name), ours)
    if "requestBody" in theirs.operation:
        yield from _content(where, theirs.operation["requestBody"], mine.operation["requestBody"], ours)
    for status, response in theirs.operation["responses"].items():
        if status not in mine.operation["responses"]:
            yield f"{where}: {status}"
            continue
        own = ours.follow(mine.operation["responses"][status])
        yield from _content(f"{where} {status}", PUBLISHED.follow(response), own, ours)


def _parameter(where: str, theirs: Node, mine: Node | None, ours: Description) -> Iterator[str]:
    if mine is None or mine["required"] != theirs["required"]:
        yield f"{where}: missing or not as required"
        return
    yield from _schema(where, theirs["schema"], mine["schema"], ours)


def _content(where: str, theirs: Node, mine: Node, ours: Description) -> Iterator[str]:
    if mine.get("required", False) != theirs.get("required", False):
        yield f"{where}: required"
    for media, content in theirs.get("content", {}).items():
        if media not in mine["content"]:
            yield f"{where}: {media}"
            continue
        yield from _schema(f"{where} {media}", content["schema"], mine["content"][media]["schema"], ours)


def _schema(where: str, theirs: Node, mine: Node, ours: Description) -> Iterator[str]:
    theirs, mine = PUBLISHED.follow(theirs), ours.follow(mine)
    yield from (f"{where}: {key}" for key in BOUNDS if key in theirs and mine.get(key) != theirs[key])
    yield from (f"{where}: enum {value}" for value in theirs.get("enum", []) if not ours.accepts(mine, value))
    yield from (f"{where}: required {name}" for name in theirs.get("required", []) if name not in mine["required"])
    yield from (f"{where}: type {name}" for name in _types(theirs) - _types(mine))
    for name, schema in theirs.get("properties", {}).items():
        if name not in mine["properties"]:
            yield f"{where}: field {name}"
            continue
        yield from _schema(f"{where} {name}", schema, mine["properties"][name], ours)
    if "items" in theirs:
        yield from _schema(f"{where} item", theirs["items"], mine["items"], ours)


def _types(schema: Node) -> set[str]:
    """OpenAPI 3.0 says `nullable` where 3.1 says a type more."""
    said = schema.get("type", [])
    own = {said} if isinstance(said, str) else set(said)
    branches = set().union(*(_types(branch) for branch in schema.get("anyOf", [])))
    return own | branches | ({"null"} if schema.get("nullable") else set())
