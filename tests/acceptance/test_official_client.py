"""The official OpenAI client for Python, against a live gateway."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI
from support.background import Serve
from support.plain_http import fetch
from support.samples import alpha_mask, decoded, plain, quarters

TOKENS = {"tokens": [{"name": "web", "token": "sk-right"}]}
MODEL: dict[str, Any] = {"upstreams": ["local"], "aliases": ["gpt-image-1", "dall-e-3"]}
DOCUMENT = {"auth": TOKENS, "models": {"nano-banana": {**MODEL, "operations": ["generate", "edit"]}}}


@pytest.fixture
def address(serve: Serve) -> str:
    return serve(DOCUMENT)


@pytest.fixture
def client(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{address}/v1", api_key="sk-right", max_retries=0) as found:
        yield found


def bytes_of(image: openai.types.Image) -> bytes:
    if image.b64_json:
        return base64.b64decode(image.b64_json)
    assert image.url is not None
    return fetch(image.url)


def test_models_are_listed_and_found(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["nano-banana"]
    assert client.models.retrieve("gpt-image-1").id == "nano-banana"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-9")
    assert caught.value.type == "invalid_request_error"


def test_a_picture_comes_as_a_url(client: OpenAI) -> None:
    answer = client.images.generate(prompt="a fox", model="gpt-image-1", size="1024x1024")

    assert answer.created > 0
    assert answer.data is not None
    assert answer.data[0].b64_json is None
    assert answer.data[0].revised_prompt == "a fox"
    assert decoded(bytes_of(answer.data[0])).size == (1024, 1024)


def test_a_picture_comes_as_base64(client: OpenAI) -> None:
    answer = client.images.generate(prompt="a fox", response_format="b64_json", output_format="webp")

    assert answer.data is not None
    assert answer.data[0].url is None
    assert decoded(bytes_of(answer.data[0])).format == "WEBP"


def test_four_pictures_of_a_legacy_size(client: OpenAI) -> None:
    answer = client.images.generate(
        prompt="a fox", n=4, size="1792x1024", model="dall-e-3", quality="hd", style="vivid"
    )

    assert answer.data is not None
    assert [decoded(bytes_of(image)).size for image in answer.data] == [(1792, 1024)] * 4


def test_fields_of_our_own_go_as_extra_body(client: OpenAI) -> None:
    answer = client.images.generate(prompt="a fox", extra_body={"aspect_ratio": "3:4", "seed": 7})

    assert answer.data is not None
    assert decoded(bytes_of(answer.data[0])).size == (768, 1024)


def test_a_generation_streams(client: OpenAI) -> None:
    stream = client.images.generate(prompt="a fox", model="gpt-image-1", stream=True, partial_images=1)

    events = list(stream)

    last = events[-1]
    assert last.type == "image_generation.completed"
    assert decoded(base64.b64decode(last.b64_json)).size == (1024, 1024)


def test_an_edit_of_bytes_of_a_file_and_of_a_list(client: OpenAI, tmp_path: Path) -> None:
    file = tmp_path / "photo.png"
    file.write_bytes(quarters((60, 40)))

    ways: list[Any] = [file.read_bytes(), file, [file, ("b.png", plain((9, 9)), "image/png")]]
    for image in ways:
        answer = client.images.edit(image=image, prompt="make it blue", model="gpt-image-1")
        assert answer.data is not None
        assert decoded(bytes_of(answer.data[0])).size == (60, 40)


def test_an_edit_with_a_mask(client: OpenAI) -> None:
    source = plain((60, 40), "red")

    answer = client.images.edit(
        image=source, mask=alpha_mask((60, 40), (0, 0, 30, 40)), prompt="make it blue", response_format="b64_json"
    )

    assert answer.data is not None
    made = decoded(bytes_of(answer.data[0])).convert("RGB")
    assert made.getpixel((50, 20)) == (255, 0, 0) != made.getpixel((10, 20))


def test_an_edit_streams(client: OpenAI) -> None:
    events = list(client.images.edit(image=plain(), prompt="make it blue", stream=True))

    assert events[-1].type == "image_edit.completed"
    assert decoded(base64.b64decode(events[-1].b64_json)).size == (64, 48)


@pytest.mark.parametrize("key", ["sk-wrong", "sk-righ", "sk-right2"])
def test_a_wrong_key_is_an_authentication_error(address: str, key: str) -> None:
    with (
        OpenAI(base_url=address, api_key=key, max_retries=0) as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        client.models.list()

    assert caught.value.code == "invalid_api_key"


def test_the_base_url_needs_no_prefix(address: str) -> None:
    with OpenAI(base_url=address, api_key="sk-right", max_retries=0) as client:
        answer = client.images.generate(prompt="a fox", response_format="b64_json")

    assert answer.data is not None


def test_a_bad_request_has_all_its_fields(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(prompt="a fox", n=9)

    error = caught.value
    assert (error.status_code, error.param, error.type, error.code) == (400, "n", "invalid_request_error", None)
    assert "an integer from 1 to 4" in error.message
    assert error.request_id


def test_an_unknown_model_is_a_bad_request(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(prompt="a fox", model="gpt-9")

    assert (caught.value.param, caught.value.code) == ("model", "model_not_found")


def test_variations_are_not_found(client: OpenAI) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"), pytest.raises(openai.NotFoundError) as caught:
        client.images.create_variation(image=plain())

    assert "/v1/images/edits" in caught.value.message


def test_an_error_that_streams_is_raised_before_the_first_event(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError):
        client.images.generate(prompt=" ", stream=True)
