"""The document is valid OpenAPI 3.1 and follows the configuration."""

from __future__ import annotations

import json

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from support.description import Description
from support.models import Configured

from gateway.openapi.document import document

STRANGE = {
    "models": {
        "painter": {"operations": ["generate"], "upstreams": ["local"], "aliases": ["dall-e-3"]},
        "editor": {"operations": ["edit"], "upstreams": ["local"], "response_format": {"edit": "b64_json"}},
    },
    "defaults": {"generate": "painter", "edit": "editor"},
}


@pytest.mark.parametrize("sections", [{}, STRANGE], ids=["defaults", "no upscaler"])
@pytest.mark.parametrize("closed", [False, True], ids=["open", "secured and signed"])
def test_it_is_valid(configured: Configured, sections: dict[str, dict[str, object]], closed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    made = document(configured(**sections), server="https://images.example.com", secured=closed, signed=closed)
    as_sent = json.loads(json.dumps(made))

    validate(as_sent, cls=OpenAPIV31SpecValidator)


def test_operation_ids_are_unique(ours: Description) -> None:
    ids = [call.operation["operationId"] for call in ours.calls()]

    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(("server", "shown"), [(None, "/"), ("https://a.example/b", "https://a.example/b")])
def test_the_server_is_the_public_address(configured: Configured, server: str | None, shown: str) -> None:
    made = document(configured(), server=server, secured=False)

    assert made["servers"] == [{"url": shown}]


def test_an_open_gateway_tells_of_no_tokens(ours: Description) -> None:
    assert "securitySchemes" not in ours.document["components"]
    assert not [
        call.name for call in ours.calls() if "security" in call.operation or "403" in call.operation["responses"]
    ]


def test_tokens_are_asked_for_on_the_api_alone(configured: Configured) -> None:
    made = Description(document(configured(), server=None, secured=True))
    asking = {call.name for call in made.calls() if "security" in call.operation}

    assert asking == {call.name for call in made.calls() if " /v1/" in call.name}
    for call in made.calls():
        if call.name in asking:
            assert call.operation["security"] == [{"bearer": []}, {"apiKey": []}]
            assert {"401", "403", "429"} <= call.operation["responses"].keys()
            assert "X-RateLimit-Remaining-Requests" in call.operation["responses"]["200"]["headers"]


def test_signed_links_have_their_two_parameters(configured: Configured) -> None:
    made = Description(document(configured(), server=None, secured=False, signed=True))
    plain = Description(document(configured(), server=None, secured=False))
    wanted = {"query expires", "query signature"}

    asking = {call.name for call in made.calls() if wanted <= call.parameters.keys()}

    assert asking == {"GET /images/{filename}", "HEAD /images/{filename}"}
    assert not [call.name for call in plain.calls() if wanted & call.parameters.keys()]


def test_metrics_of_another_port_are_left_out(configured: Configured) -> None:
    made = document(configured(), server=None, secured=False, metrics=False)

    assert "/metrics" not in Description(made).document["paths"]


def test_every_component_is_used(configured: Configured) -> None:
    made = Description(document(configured(), server=None, secured=True)).document
    components = {kind: named for kind, named in made["components"].items() if kind != "securitySchemes"}
    names = {f"#/components/{kind}/{name}" for kind, named in components.items() for name in named}

    unused = {name for name in names if f'"{name}"' not in json.dumps(made)}
    # A method that an address does not have is no operation, so nothing can refer to its refusal.
    assert unused == {"#/components/responses/MethodNotAllowed"}


def test_making_it_leaves_no_trace(configured: Configured) -> None:
    models = configured()
    first = json.dumps(document(models, server=None, secured=True))
    document(configured(**STRANGE), server="https://a.example", secured=False)

    assert json.dumps(document(models, server=None, secured=True)) == first
