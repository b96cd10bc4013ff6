"""What makes two requests equal: every field that changes the answer, and pictures by their bytes (H6)."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from typing import Any

import pytest
from support.drivers import edition, enlargement, generation
from support.samples import plain, white_mask

from gateway.caching.naming import digest_of
from gateway.images import (
    AnyRequest,
    AspectRatio,
    EditRequest,
    GenerateRequest,
    ImageFormat,
    Picture,
    PictureUrl,
    ResponseFormat,
    UpscaleFactor,
    UpscaleRequest,
)

PICTURE, OTHER = plain((64, 48)), plain((64, 48), "blue")
MASK = white_mask((64, 48), (0, 0, 8, 8))
GENERATE, EDIT, UPSCALE = generation(), edition(PICTURE, mask=MASK), enlargement(PICTURE)

CHANGES: dict[str, Any] = {
    "model": "other",
    "output_format": ImageFormat.WEBP,
    "response_format": ResponseFormat.B64_JSON,
    "extras": {"seed": 1},
    "prompt": "another",
    "n": 2,
    "size": "1024x1024",
    "aspect_ratio": "16:9",
    "ratio": AspectRatio.WIDE,
    "stream": True,
    "images": edition(OTHER).images,
    "mask": None,
    "image": enlargement(OTHER).image,
    "upscale_factor": UpscaleFactor.X4,
}


@pytest.mark.parametrize(
    ("order", "name"),
    [
        (order, field.name)
        for order, kind in [(GENERATE, GenerateRequest), (EDIT, EditRequest), (UPSCALE, UpscaleRequest)]
        for field in fields(kind)
    ],
    ids=lambda value: value if isinstance(value, str) else value.operation,
)
async def test_every_field_counts(order: AnyRequest, name: str) -> None:
    changed = replace(order, **{name: CHANGES[name]})

    assert await digest_of(changed) != await digest_of(order)


async def test_equal_requests_have_equal_digests() -> None:
    assert await digest_of(edition(PICTURE, mask=MASK)) == await digest_of(EDIT)


async def test_no_two_fields_run_together() -> None:
    left = generation("a", extras={"b": "c", "d": "e"})
    right = generation("a", extras={"b": "c,d:e"})

    assert await digest_of(left) != await digest_of(right)


async def test_the_operation_counts() -> None:
    url = PictureUrl("https://example.com/a.png")
    edit = EditRequest(model="m", prompt="p", images=(url,))
    enlarged = UpscaleRequest(model="m", image=url)

    assert await digest_of(edit) != await digest_of(enlarged)


async def test_a_picture_is_not_the_text_of_its_name() -> None:
    picture = EDIT.images[0]
    assert isinstance(picture, Picture)

    named = replace(EDIT, images=(PictureUrl(picture.identity),))

    assert await digest_of(named) != await digest_of(EDIT)


async def test_pictures_are_hashed_off_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def digest(_: EditRequest) -> str:
        threads.append(threading.current_thread())
        return ""

    monkeypatch.setattr(EditRequest, "digest", digest)
    await digest_of(EDIT)

    assert threads
    assert threads != [threading.main_thread()]
