"""What each field accepts, in JSON, in forms and in the query, and the words that refuse the rest."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, TypeAlias

import pytest
from aiohttp import ClientSession
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, UPSCALE, ask, pictures
from support.provider import Provider, behind
from support.samples import data_url, plain

from bench.mock import noise_png

PICTURE = data_url(plain((8, 8)))
SMALLEST = {
    GENERATIONS: {"prompt": "a hill"},
    EDITS: {"prompt": "make it blue", "image": PICTURE},
    UPSCALE: {"image": PICTURE},
}
REQUIRED = {"prompt", "image"}

Table: TypeAlias = Mapping[tuple[str, str], Sequence[object]]
"""Route and field -> values that it refuses."""

WRONG_IN_JSON: Table = {
    (GENERATIONS, "prompt"): [None, "", "   ", "\n\t", 5, True, ["a"], {}, "a" * 4097],
    (GENERATIONS, "n"): ["2", True, 0, 5, -1, 1.5, 2.0, "", [], {}, 10**30],
    (GENERATIONS, "size"): [1024, "", True, [1024, 1024], {}],
    (GENERATIONS, "aspect_ratio"): ["2:1", "", "1", 1, "16x9", "1:1 ", []],
    (GENERATIONS, "output_format"): ["gif", "jpg", "PNG", "", 1, []],
    (GENERATIONS, "response_format"): ["base64", "", "URL", 1],
    (GENERATIONS, "stream"): ["true", 1, 0, "", []],
    (GENERATIONS, "model"): [5, True, [], {}],
    (EDITS, "image"): [None, "", 5, True, [], {}, [5], [PICTURE, None], [[PICTURE]]],
    (EDITS, "mask"): ["", 5, [PICTURE, PICTURE], {}],
    (EDITS, "prompt"): [None, " ", 1],
    (EDITS, "n"): ["1", 5],
    (EDITS, "output_format"): ["bmp", ""],
    (UPSCALE, "image"): [None, "", [], [PICTURE, PICTURE], 1],
    (UPSCALE, "upscale_factor"): ["x3", "2", 2, "", "X2", True],
    (UPSCALE, "response_format"): ["png", ""],
}
WRONG_IN_FORMS: Table = {
    (GENERATIONS, "prompt"): ["", "  ", "a" * 4097],
    (GENERATIONS, "n"): ["0", "5", "two", "1.5", "-1", "1e9", "9" * 40],
    (GENERATIONS, "aspect_ratio"): ["2:1", "square"],
    (GENERATIONS, "output_format"): ["gif", "JPEG"],
    (GENERATIONS, "response_format"): ["json"],
    (GENERATIONS, "stream"): ["maybe", "2"],
    (GENERATIONS, "size"): ["large", "0x0", "1024"],
    (EDITS, "image"): ["", "!", "file:///etc/passwd", "data:,x"],
    (UPSCALE, "upscale_factor"): ["x3", "4"],
}


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


def rows(table: Table) -> list[tuple[str, str, object]]:
    return [(path, field, value) for (path, field), values in table.items() for value in values]


def assert_refused(status: int, body: Any, field: str) -> None:
    error = error_in(body)
    begin = "Missing or invalid required parameter: " if field in REQUIRED else "Invalid parameter: "
    assert (status, error["param"], error["type"]) == (400, field, "invalid_request_error")
    assert str(error["message"]).startswith(f"{begin}{field}. ")


@pytest.mark.parametrize(("path", "field", "value"), rows(WRONG_IN_JSON))
async def test_json_is_taken_at_its_word(gateway: Gateway, path: str, field: str, value: object) -> None:
    status, body = await gateway.post(path, json={**SMALLEST[path], field: value})

    assert_refused(status, body, field)


@pytest.mark.parametrize(("path", "field", "value"), rows(WRONG_IN_FORMS))
async def test_forms_and_queries_are_read_and_checked_alike(
    gateway: Gateway, path: str, field: str, value: str
) -> None:
    fields = {**SMALLEST[path], field: value}

    assert_refused(*await gateway.post(path, data=fields), field)
    assert_refused(*await gateway.get(path, params=fields), field)


@pytest.mark.parametrize("path", SMALLEST)
async def test_a_missing_required_field_is_named(gateway: Gateway, path: str) -> None:
    for field in SMALLEST[path]:
        rest = {name: value for name, value in SMALLEST[path].items() if name != field}

        assert_refused(*await gateway.post(path, json=rest), field)
        assert_refused(*await gateway.post(path, data=rest), field)
        assert_refused(*await gateway.get(path, params=rest), field)


@pytest.mark.parametrize("path", SMALLEST)
async def test_null_means_absent_in_json(gateway: Gateway, path: str) -> None:
    optional = ["model", "n", "size", "aspect_ratio", "output_format", "response_format", "mask", "stream", "user"]

    status, body = await gateway.post(path, json={**dict.fromkeys(optional), "upscale_factor": None, **SMALLEST[path]})

    assert (status, len(body["data"])) == (200, 1)


@pytest.mark.parametrize("path", SMALLEST)
async def test_empty_means_absent_in_forms_and_queries(gateway: Gateway, path: str) -> None:
    optional = ["model", "n", "size", "aspect_ratio", "output_format", "response_format", "mask", "stream"]
    fields = {**dict.fromkeys([*optional, "upscale_factor"], ""), **SMALLEST[path]}

    statuses = [(await gateway.post(path, data=fields))[0], (await gateway.get(path, params=fields))[0]]

    assert statuses == [200, 200]


@pytest.mark.parametrize("path", SMALLEST)
async def test_unknown_fields_are_never_refused(gateway: Gateway, path: str) -> None:
    unknown = {"user": "u1", "style": "vivid", "quality": "hd", "partial_images": 3, "extra_body": {"a": [1, None]}}

    status, _ = await gateway.post(path, json={**SMALLEST[path], **unknown, "model_config": 1, "": 2, "self": 3})
    read, _ = await gateway.get(path, params={**SMALLEST[path], "user": "u1", "api-version": "2025-04-01"})

    assert (status, read) == (200, 200)


@pytest.mark.parametrize("n", [1, 4])
async def test_n_pictures_come_and_no_two_are_alike(gateway: Gateway, n: int) -> None:
    made = await pictures(gateway, GENERATIONS, {"prompt": "a harbour", "n": n})

    assert len(made) == len(set(made)) == n


async def test_numbers_and_booleans_are_read_from_text(gateway: Gateway) -> None:
    fields = {"prompt": "a harbour", "n": "2", "stream": "false"}

    posted, queried = await gateway.post(GENERATIONS, data=fields), await gateway.get(GENERATIONS, params=fields)

    assert [len(body["data"]) for _, body in (posted, queried)] == [2, 2]


@pytest.mark.parametrize("prompt", ["x", "a" * 4096, "🍌" * 4096, f"   {'b' * 4096}\n", 'a\nb\t"quoted" — ünïcode'])
async def test_a_prompt_has_1_to_4096_characters_after_trimming(gateway: Gateway, prompt: str) -> None:
    status, body = await gateway.post(GENERATIONS, json={"prompt": prompt})

    assert status == 200
    assert body["data"][0]["revised_prompt"] == prompt.strip()


@pytest.mark.parametrize("letter", ["a", "字", "🍌"])
@pytest.mark.parametrize("kind", ["multipart", "urlencoded", "long json", "escaped json"])
async def test_the_longest_prompt_is_taken_however_it_is_written(gateway: Gateway, letter: str, kind: str) -> None:
    prompt, picture = letter * 4096, noise_png(300, 300)  # which makes a body of more than 256 KiB
    options: dict[str, Any] = {}
    match kind:
        case "multipart":
            options["data"] = {"prompt": prompt, "image": BytesIO(picture)}
        case "urlencoded":
            options["data"] = {"prompt": prompt, "image": base64.b64encode(plain()).decode()}
        case _:
            fields = {"prompt": prompt, "image": base64.b64encode(picture).decode()}
            options["data"] = json.dumps(fields, ensure_ascii=kind == "escaped json").encode()
            options["headers"] = {"Content-Type": "application/json"}

    status, body = await gateway.post(EDITS, **options)

    assert status == 200, body


@pytest.mark.parametrize("prompt", ["\0", "a\0", "\0a", "a\0; now in full"])
async def test_a_nul_is_no_character_of_a_prompt(gateway: Gateway, prompt: str) -> None:
    """R1: a backend written in C reads up to it."""
    for status, body in (
        await gateway.post(GENERATIONS, json={"prompt": prompt}),
        await gateway.post(GENERATIONS, data={"prompt": prompt}),
        await gateway.get(GENERATIONS, params={"prompt": prompt}),
    ):
        assert (status, error_in(body)["param"]) == (400, "prompt")


@pytest.mark.parametrize("seed", ["a\0", ["a\0"], {"a": "\0"}])
async def test_nor_is_it_one_of_what_a_backend_is_told_beside(
    start: StartGateway, provider: Provider, seed: object
) -> None:
    """R1."""
    gateway = await start(behind(provider.base_url))

    status, body = await gateway.post(GENERATIONS, json={"prompt": "a", "seed": seed})

    assert (status, error_in(body)["param"], provider.calls) == (400, "seed", [])


@pytest.mark.parametrize(
    ("path", "model"),
    [(GENERATIONS, "dall-e-9"), (GENERATIONS, ""), (EDITS, "x" * 500), (UPSCALE, "nano-banana"),
     (GENERATIONS, "imagen-4.0-upscale-preview"), (EDITS, "imagen-4.0-upscale-preview")],
)  # fmt: skip
async def test_a_model_that_is_unknown_or_cannot_is_refused(gateway: Gateway, path: str, model: str) -> None:
    status, body = await gateway.post(path, json={**SMALLEST[path], "model": model})

    error = error_in(body)
    assert (status, error["param"], error["code"]) == (400, "model", "model_not_found")
    assert "imagen" in str(error["message"]) if path == UPSCALE else "nano-banana" in str(error["message"])


async def test_an_alias_and_the_defaults_name_models(start: StartGateway) -> None:
    quick = {"operations": ["generate"], "upstreams": ["second"], "aliases": ["gpt-image-1"]}
    first = {"operations": ["generate"], "upstreams": ["local"]}
    gateway = await start(
        {
            "upstreams": {"local": {"driver": "local"}, "second": {"driver": "local"}},
            "models": {"first": first, "quick": quick},
            "defaults": {"generate": "quick"},
        }
    )

    replies = [await ask(gateway, "POST", GENERATIONS, json={"prompt": "a", **more}) for more in NAMINGS]

    assert [reply.headers["X-Upstream"] for reply in replies] == ["second", "second", "local"]


NAMINGS = [{}, {"model": "gpt-image-1"}, {"model": "first"}]


async def test_a_model_may_answer_in_another_form_by_default(start: StartGateway) -> None:
    model = {"operations": ["generate", "edit"], "upstreams": ["local"], "response_format": {"edit": "b64_json"}}
    gateway = await start({"models": {"nano-banana": model}})

    async def form(path: str, **more: str) -> set[str]:
        _, body = await gateway.post(path, json={**SMALLEST[path], **more})
        return set(body["data"][0]) - {"revised_prompt"}

    assert await form(GENERATIONS) == {"url"}
    assert await form(EDITS) == {"b64_json"}
    assert await form(EDITS, response_format="url") == {"url"}
    assert await form(GENERATIONS, response_format="b64_json") == {"b64_json"}


async def test_declared_extras_are_used_and_the_same_seed_draws_the_same(gateway: Gateway) -> None:
    order = {"prompt": "a harbour", "seed": 7}

    first, again = [await pictures(gateway, GENERATIONS, order) for _ in range(2)]
    other = await pictures(gateway, GENERATIONS, {**order, "seed": 8})

    assert first == again != other
