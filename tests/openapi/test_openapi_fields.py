"""The request schemas say what the server takes: bounds, spellings, models, extras."""

from __future__ import annotations

import pytest
from support.description import Description
from support.models import Configured

from gateway.images import LARGEST_N, LONGEST_PROMPT, MOST_INPUT_PICTURES, AspectRatio, Operation
from gateway.middleware.aspect_ratio import ratio_of_size
from gateway.openapi.document import document
from gateway.openapi.fields import RequestFields
from gateway.openapi.offers import offers

OTHER_SIZES = ["auto", " AUTO ", "512x512", "1536X1024", "1920x1080", "8192x8192", " 1024x1024", "01024x1024"]


@pytest.fixture
def fields(configured: Configured) -> dict[Operation, RequestFields]:
    return {operation: RequestFields(offer) for operation, offer in offers(configured()).items()}


def test_bounds_are_those_of_the_bodies(fields: dict[Operation, RequestFields]) -> None:
    edit = fields[Operation.EDIT].as_json()
    several = next(branch for branch in edit["image"]["anyOf"] if branch["type"] == "array")

    assert edit["prompt"]["maxLength"] == LONGEST_PROMPT
    assert edit["n"]["maximum"] == LARGEST_N
    assert several["maxItems"] == MOST_INPUT_PICTURES
    assert edit["aspect_ratio"]["enum"] == [*AspectRatio, None]


@pytest.mark.parametrize("size", [*OTHER_SIZES, *AspectRatio])
def test_every_size_that_is_taken_is_described(ours: Description, size: str) -> None:
    ratio_of_size(size)  # refuses what is no size

    assert ours.accepts(ours.schema("GenerationRequest"), {"prompt": "x", "size": size})


@pytest.mark.parametrize("size", ["", "large", "1024", "1024x", "1024*1024"])
def test_what_is_no_size_is_not_described(ours: Description, size: str) -> None:
    assert not ours.accepts(ours.schema("GenerationRequest"), {"prompt": "x", "size": size})


def test_json_takes_null_for_whatever_may_be_left_out(ours: Description) -> None:
    schema = ours.schema("EditRequest")
    optional = dict.fromkeys(schema["properties"].keys() - {"prompt", "image"})

    assert ours.accepts(schema, {"prompt": "x", "image": "y", **optional})
    assert not ours.accepts(schema, {"prompt": None, "image": "y"})


def test_a_query_and_a_form_know_no_null(fields: dict[Operation, RequestFields]) -> None:
    for schema in [*fields[Operation.EDIT].as_query().values(), *fields[Operation.EDIT].as_form().values()]:
        assert "null" not in schema["type"] if "type" in schema else {"type": "null"} not in schema["anyOf"]


def test_an_urlencoded_form_knows_no_null_either(ours: Description) -> None:
    schema = ours.schema("EditRequestUrlencoded")

    assert ours.accepts(schema, {"prompt": "x", "image": "y", "n": 2})
    for name in schema["properties"]:
        assert not ours.accepts(schema, {"prompt": "x", "image": "y", name: None})


def test_an_empty_value_of_a_query_means_absent(ours: Description) -> None:
    parameters = [
        parameter
        for call in ours.calls()
        if call.name.startswith("GET /v1/images/")
        for where, parameter in call.parameters.items()
        if where.startswith("query ")
    ]

    assert {parameter["name"] for parameter in parameters if not parameter["allowEmptyValue"]} == {"prompt", "image"}


@pytest.mark.parametrize("wrong", [{"n": "2"}, {"n": 5}, {"n": True}, {"stream": "true"}, {"prompt": " \n"}])
def test_what_json_refuses_is_not_described(ours: Description, wrong: dict[str, object]) -> None:
    assert not ours.accepts(ours.schema("GenerationRequest"), {"prompt": "x", **wrong})


def test_pictures_are_text_in_json_files_in_forms_and_urls_in_queries(fields: dict[Operation, RequestFields]) -> None:
    upscale = fields[Operation.UPSCALE]

    assert "format" not in upscale.as_json()["image"]
    assert upscale.as_form()["image"]["format"] == "binary"
    assert upscale.as_query()["image"]["format"] == "uri"


def test_an_edit_names_no_default_shape(fields: dict[Operation, RequestFields]) -> None:
    edit = fields[Operation.EDIT].as_json()

    for name in ("size", "aspect_ratio"):
        assert "default" not in edit[name]
        assert "keeps the shape of its source" in edit[name]["description"]


def test_models_and_defaults_are_the_configured_ones(configured: Configured) -> None:
    painter = {
        "operations": ["generate"],
        "upstreams": ["local"],
        "aliases": ["dall-e-3"],
        "response_format": {"generate": "b64_json"},
    }
    models = configured(models={"painter": painter}, defaults={"generate": "painter"})
    made = Description(document(models, server=None, secured=False)).schema("GenerationRequest")["properties"]

    assert made["model"]["enum"] == ["painter", "dall-e-3", None]
    assert made["model"]["default"] == "painter"
    assert made["response_format"]["default"] == "b64_json"


def test_without_a_default_the_model_has_to_be_named(configured: Configured) -> None:
    models = configured(models={"painter": {"operations": ["generate"], "upstreams": ["local"]}})
    generate = RequestFields(offers(models)[Operation.GENERATE])

    assert generate.required == ["prompt", "model"]
    assert "default" not in generate.properties["model"]


def test_an_operation_that_no_model_can_do_has_no_choice_of_models(configured: Configured) -> None:
    models = configured(models={"painter": {"operations": ["generate"], "upstreams": ["local"]}})

    assert "enum" not in RequestFields(offers(models)[Operation.UPSCALE]).properties["model"]


def test_extras_of_the_drivers_are_listed_with_their_models(fields: dict[Operation, RequestFields]) -> None:
    seed = fields[Operation.GENERATE].as_query()["seed"]

    assert seed["type"] == "integer"
    assert "Understood by nano-banana" in seed["description"]


def test_unknown_fields_are_never_refused(ours: Description) -> None:
    assert ours.accepts(ours.schema("GenerationRequest"), {"prompt": "x", "user": "me", "style": ["vivid"]})
