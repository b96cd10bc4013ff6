"""Examples are what their own schemas describe, and errors what the gateway really says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from support.description import Description, Node

from gateway.errors import BadRequest, Unauthorized


def test_examples_of_parameters_headers_and_bodies_fit_their_schemas(ours: Description) -> None:
    found = list(_examples(ours.document))

    wrong = [(schema, value) for schema, value in found if not ours.accepts(schema, value)]

    assert wrong == []
    assert len(found) > 60


def test_what_is_optional_has_no_example(ours: Description) -> None:
    """Postman, Bruno and Swagger UI send examples as they stand: one key for all work, a range, an entity tag."""
    parameters = [node for node in _nodes(ours.document) if node.get("in") in {"header", "query"}]

    assert len(parameters) > 30
    assert [node["name"] for node in parameters if not node["required"] and ({"example", "examples"} & set(node))] == []


def test_what_a_query_needs_has_an_example(ours: Description) -> None:
    parameters = [node for node in _nodes(ours.document) if node.get("in") == "query" and node["required"]]

    assert {node["name"] for node in parameters} >= {"prompt", "image"}
    assert [node["name"] for node in parameters if "example" not in node] == []


def test_examples_inside_schemas_fit_them(ours: Description) -> None:
    found = [schema for schema in _nodes(ours.document) if isinstance(schema.get("examples"), list)]

    assert [schema for schema in found for value in schema["examples"] if not ours.accepts(schema, value)] == []
    assert len(found) > 10


def test_the_example_of_a_stream_holds_the_events_that_are_described(ours: Description) -> None:
    post = ours.document["paths"]["/v1/images/edits"]["post"]
    media = post["responses"]["200"]["content"]["text/event-stream"]

    events = [json.loads(line[6:]) for line in media["example"].splitlines() if line.startswith("data: ")]

    assert [event["type"] for event in events] == ["image_edit.partial_image", "image_edit.completed"]
    assert all(ours.accepts(media["x-events"][event["type"]], event) for event in events)


def test_every_error_has_all_four_keys(ours: Description) -> None:
    schema = ours.schema("Error")
    whole = BadRequest("no").body()

    assert ours.accepts(schema, whole)
    for key in ("message", "type", "param", "code"):
        assert not ours.accepts(
            schema, {"error": {name: whole["error"][name] for name in whole["error"] if name != key}}
        )


def test_a_picture_is_an_address_or_bytes(ours: Description) -> None:
    schema = ours.schema("ImageData")

    assert ours.accepts(schema, {"url": "https://a.example/images/b.png"})
    assert not ours.accepts(schema, {"url": "https://a.example/images/b.png", "b64_json": "AAAA"})
    assert not ours.accepts(schema, {"revised_prompt": "a"})


def test_every_status_of_an_error_is_described(ours: Description) -> None:
    names = set(ours.document["components"]["responses"])
    used = {status for call in ours.calls() for status in call.operation["responses"]}

    # 401 and 403 are for gateways with tokens, 405 for methods that an address does not have.
    assert {"400", "404", "413", "414", "415", "416", "422", "429", "500", "503", "504"} <= used
    assert {"Unauthorized", "Forbidden", "MethodNotAllowed"} <= names


def test_headers_that_an_error_carries_are_described(ours: Description) -> None:
    responses = ours.document["components"]["responses"]

    assert Unauthorized("no").headers.keys() <= responses["Unauthorized"]["headers"].keys()
    assert "Retry-After" in responses["RateLimited"]["headers"]
    assert "Allow" in responses["MethodNotAllowed"]["headers"]
    assert all("X-Request-ID" in response["headers"] for response in responses.values())


def _examples(root: Node) -> Iterator[tuple[Node, object]]:
    for node in _nodes(root):
        schema = node.get("schema")
        if not isinstance(schema, Mapping):
            continue
        if "example" in node:
            yield schema, node["example"]
        yield from ((schema, example["value"]) for example in node.get("examples", {}).values())


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)
