"""The renderer behind the driver contract: repeatable pictures, honest edits, bounded upscaling."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import product
from zlib import crc32

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat
from support.drivers import MOST_PIXELS, edition, enlargement, generation, opened, unheard
from support.samples import decoded, encoded, plain, quarters, white_mask

from gateway.errors import BadRequest
from gateway.images import AspectRatio, ImageFormat, Operation, PictureUrl, UpscaleFactor, UpscaleRequest
from gateway.upstreams.base import Made, Progress, Upstream

SUNSET = "A serene mountain landscape at sunset"


@pytest.fixture
async def local() -> AsyncIterator[Upstream]:
    async with opened("local") as upstream:
        yield upstream


def _image(made: Made) -> Image.Image:
    return decoded(made.picture.blob.read())


def _pixels(made: Made) -> bytes:
    return _image(made).tobytes()


def _damaged() -> bytes:
    """A PNG in order but for its pixels, which only decoding shows."""
    data = encoded(Image.effect_noise((64, 48), 60), "PNG")
    at = data.index(b"IDAT")
    body = b"IDAT" + bytes(byte ^ 0xFF for byte in data[at + 4 : at + 4 + int.from_bytes(data[at - 4 : at])])
    return data[:at] + body + crc32(body).to_bytes(4) + data[at + len(body) + 4 :]


async def test_it_can_do_everything_and_needs_nothing(local: Upstream) -> None:
    await local.probe()
    operations = local.capabilities.operations
    assert set(operations) == set(Operation)
    assert operations[Operation.GENERATE].max_n == operations[Operation.EDIT].max_n == 4
    assert operations[Operation.EDIT].masks
    assert local.capabilities.extras == {"seed", "strict"}


async def test_the_same_request_gives_the_same_bytes(local: Upstream) -> None:
    first, second = [await local.generate(generation(SUNSET), unheard) for _ in range(2)]
    assert first[0].picture.identity == second[0].picture.identity
    assert first[0].revised_prompt is None


async def test_pictures_of_one_request_differ_and_progress_is_told(local: Upstream) -> None:
    told: list[Progress] = []
    made = await local.generate(generation(SUNSET, n=4), told.append)
    assert len({_pixels(one) for one in made}) == 4
    assert [(progress.done, progress.index) for progress in told] == [(0.25, 0), (0.5, 1), (0.75, 2), (1.0, 3)]


@pytest.mark.parametrize("ratio", [None, *AspectRatio])
async def test_ratios_have_their_documented_sizes(local: Upstream, ratio: AspectRatio | None) -> None:
    (made,) = await local.generate(generation(ratio=ratio), unheard)
    assert (made.picture.width, made.picture.height) == (ratio or AspectRatio.SQUARE).pixels
    assert _image(made).size == (made.picture.width, made.picture.height)


@pytest.mark.parametrize("form", [ImageFormat.PNG, ImageFormat.JPEG, ImageFormat.WEBP])
async def test_it_answers_in_the_asked_format(local: Upstream, form: ImageFormat) -> None:
    (made,) = await local.generate(generation(output_format=form), unheard)
    assert made.picture.format is form
    assert _image(made).format == form.upper()


@pytest.mark.parametrize(("sent", "same"), [("7", 7), (0, None), (None, "0"), (2**63 - 1, str(2**63 - 1))])
async def test_seeds_of_forms_and_of_json_are_the_same(local: Upstream, sent: object, same: object) -> None:
    one, other = [
        await local.generate(generation(extras={"seed": seed}, ratio=AspectRatio.PORTRAIT), unheard)
        for seed in (sent, same)
    ]
    assert one[0].picture.identity == other[0].picture.identity


async def test_another_seed_is_another_picture(local: Upstream) -> None:
    made = [(await local.generate(generation(extras={"seed": seed}), unheard))[0] for seed in (0, 1)]
    assert _pixels(made[0]) != _pixels(made[1])


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        *product(["seed"], ["x", -1, 2**63, 1.5, True, "1" * 5000, []]),
        *product(["strict"], ["perhaps", 1, {}]),
    ],
)
async def test_extras_of_the_wrong_type_are_refused_by_name(local: Upstream, name: str, sent: object) -> None:
    for call in (
        local.generate(generation(extras={name: sent}), unheard),
        local.edit(edition(plain(), extras={name: sent}), unheard),
        local.upscale(enlargement(plain(), extras={name: sent}), unheard),
    ):
        with pytest.raises(BadRequest) as caught:
            await call
        assert caught.value.param == name


async def test_strict_generation_refuses_what_it_cannot_draw(local: Upstream) -> None:
    with pytest.raises(BadRequest, match="sunset") as caught:
        await local.generate(generation("quixotic zeitgeist", extras={"strict": "true"}), unheard)
    assert caught.value.param == "prompt"
    assert await local.generate(generation(SUNSET, extras={"strict": True}), unheard)


async def test_an_edit_says_what_it_did(local: Upstream) -> None:
    (made,) = await local.edit(edition(quarters(), prompt="make it black and white"), unheard)
    red, green, blue = _image(made).convert("RGB").split()
    assert red.tobytes() == green.tobytes() == blue.tobytes()
    assert made.revised_prompt
    assert (made.picture.width, made.picture.height) == (64, 48)


async def test_variations_start_with_the_plain_edit(local: Upstream) -> None:
    prompt = "add fog"
    several = await local.edit(edition(quarters(), prompt=prompt, n=3), unheard)
    (alone,) = await local.edit(edition(quarters(), prompt=prompt), unheard)
    assert several[0].picture.identity == alone.picture.identity
    assert len({_pixels(made) for made in several}) == 3


async def test_strict_edits_refuse_what_is_not_understood(local: Upstream) -> None:
    prompt = "brighten it and give him a moustache"
    with pytest.raises(BadRequest, match="moustache") as caught:
        await local.edit(edition(plain(), prompt=prompt, extras={"strict": "true"}), unheard)
    assert caught.value.param == "prompt"
    assert "understands: brighten" in caught.value.message
    (made,) = await local.edit(edition(plain(), prompt=prompt), unheard)
    assert "moustache" in (made.revised_prompt or "")


async def test_strict_edits_refuse_what_a_mask_forbids(local: Upstream) -> None:
    mask = white_mask((64, 48), (0, 0, 64, 48))
    request = edition(plain(), prompt="rotate it by 90 degrees", mask=mask, extras={"strict": True})
    with pytest.raises(BadRequest, match="rotate"):
        await local.edit(request, unheard)


async def test_nothing_changes_outside_of_the_mask(local: Upstream) -> None:
    mask = white_mask((64, 48), (0, 0, 32, 48))
    (made,) = await local.edit(edition(quarters(), prompt="invert", mask=mask), unheard)
    changed = ImageChops.difference(_image(made).convert("RGB"), decoded(quarters())).getbbox()
    assert changed == (0, 0, 32, 48)


async def test_a_mask_of_another_size_is_refused(local: Upstream) -> None:
    with pytest.raises(BadRequest, match="64x48") as caught:
        await local.edit(edition(plain(), mask=plain((10, 10))), unheard)
    assert caught.value.param == "mask"


@pytest.mark.parametrize(("factor", "times"), [(UpscaleFactor.X2, 2), (UpscaleFactor.X4, 4)])
async def test_upscaling_multiplies_the_sides_and_keeps_the_picture(
    local: Upstream, factor: UpscaleFactor, times: int
) -> None:
    (made,) = await local.upscale(enlargement(quarters(), factor), unheard)
    larger = _image(made)
    assert larger.size == (64 * times, 48 * times)
    source = decoded(quarters())
    smaller = larger.resize(source.size, Image.Resampling.BOX)
    assert max(ImageStat.Stat(ImageChops.difference(smaller, source)).mean) < 3


async def test_transparency_stays_in_png_and_is_white_in_jpeg(local: Upstream) -> None:
    data = encoded(Image.new("RGBA", (20, 20), (255, 0, 0, 0)), "PNG")
    png, jpeg = [
        _image((await local.upscale(enlargement(data, output_format=form), unheard))[0])
        for form in (ImageFormat.PNG, ImageFormat.JPEG)
    ]
    assert png.convert("RGBA").getchannel("A").getextrema() == (0, 0)
    assert jpeg.getpixel((20, 20)) == (255, 255, 255)


async def test_upscaling_keeps_a_colour_profile_that_fits(local: Upstream) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept, dropped = [
        _image((await local.upscale(enlargement(encoded(image, "PNG", icc_profile=profile)), unheard))[0])
        for image in (Image.new("RGB", (8, 8)), Image.new("L", (8, 8)))
    ]
    assert kept.info.get("icc_profile") == profile
    assert "icc_profile" not in dropped.info


@pytest.mark.parametrize(
    ("size", "factor", "advice"),
    [((800, 800), UpscaleFactor.X4, "x2 would fit"), ((1100, 1000), UpscaleFactor.X2, "Use a smaller picture")],
)
async def test_too_large_results_are_refused_with_advice(
    local: Upstream, size: tuple[int, int], factor: UpscaleFactor, advice: str
) -> None:
    pixels = size[0] * size[1] * factor.times**2
    with pytest.raises(BadRequest, match=advice) as caught:
        await local.upscale(enlargement(plain(size), factor), unheard)
    assert caught.value.param == "image"
    assert f"{pixels} pixels" in caught.value.message
    assert f"at most {MOST_PIXELS} pixels" in caught.value.message


async def test_the_largest_allowed_result_is_made(local: Upstream) -> None:
    (made,) = await local.upscale(enlargement(plain((1000, 1000))), unheard)
    assert made.picture.width * made.picture.height == MOST_PIXELS


async def test_sides_that_the_format_cannot_have_are_refused(local: Upstream) -> None:
    thin = plain((4096, 1))
    (made,) = await local.upscale(enlargement(thin, UpscaleFactor.X4), unheard)
    assert made.picture.width == 16384
    with pytest.raises(BadRequest, match="x2 would fit"):
        await local.upscale(enlargement(thin, UpscaleFactor.X4, output_format=ImageFormat.WEBP), unheard)


async def test_damaged_pictures_are_the_senders_fault(local: Upstream) -> None:
    data = _damaged()
    for call in (local.upscale(enlargement(data), unheard), local.edit(edition(data), unheard)):
        with pytest.raises(BadRequest) as caught:
            await call
        assert caught.value.param == "image"


async def test_a_picture_that_was_not_fetched_is_our_own_fault(local: Upstream) -> None:
    with pytest.raises(TypeError):
        await local.upscale(UpscaleRequest(model="m", image=PictureUrl("http://example.org/a.png")), unheard)
