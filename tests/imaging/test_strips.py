"""A large picture that is made anew by way of the disk is the same to the last pixel."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops
from support.drivers import taken
from support.samples import encoded, plain

from gateway.images import AspectRatio, Fit, ImageFormat
from gateway.imaging import codec, strips
from gateway.imaging.conform import conform
from gateway.imaging.strips import bands, cut_out
from gateway.imaging.upscaling import upscale
from gateway.spool import NamelessFile

SIZE = (41, 29)


def noise(mode: str, size: tuple[int, int] = SIZE) -> Image.Image:
    image = Image.merge("RGBA", [Image.effect_noise(size, 90) for _ in range(4)])
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def everything_is_large(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(strips, "LARGE", 5 * SIZE[0])
    patch.setattr(strips, "STRIP", 5 * SIZE[0] * strips.BYTES_A_PIXEL)


def keyed(form: str, mode: str, **options: object) -> bytes:
    return encoded(noise(mode), form, **options)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(keyed("PNG", "RGBA"), id="transparent"),
        pytest.param(keyed("PNG", "RGB", transparency=(1, 2, 3)), id="keyed"),
        pytest.param(keyed("PNG", "P", transparency=3), id="palette with a hole"),
        pytest.param(keyed("PNG", "LA"), id="grey and transparent"),
        pytest.param(keyed("PNG", "L"), id="grey"),
        pytest.param(keyed("GIF", "P"), id="palette"),
        pytest.param(keyed("JPEG", "CMYK"), id="inks"),
        pytest.param(keyed("WEBP", "RGBA", lossless=True), id="webp"),
        pytest.param(encoded(noise("L").convert("I").point(lambda v: v * 257).convert("I;16"), "PNG"), id="16 bits"),
    ],
)
@pytest.mark.parametrize("form", [ImageFormat.PNG, ImageFormat.JPEG, ImageFormat.WEBP])
@pytest.mark.parametrize("fit", list(Fit))
def test_what_is_converted(data: bytes, form: ImageFormat, fit: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = taken(data)
    expected = conform(picture, form, AspectRatio.TALL, fit)
    everything_is_large(monkeypatch)

    result = conform(picture, form, AspectRatio.TALL, fit)

    assert result.blob.read() == expected.blob.read()
    assert (result.width, result.height, result.has_alpha) == (expected.width, expected.height, expected.has_alpha)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("times", [2, 4])
def test_what_is_enlarged(mode: str, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    image = noise(mode)
    image.info["icc_profile"] = b"a profile"
    expected = upscale(image, times)
    everything_is_large(monkeypatch)

    result = upscale(image, times)

    assert ImageChops.difference(result, expected).getbbox() is None
    assert result.info["icc_profile"] == b"a profile"


def test_the_source_is_gone_before_the_result_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    image = noise("RGB")
    everything_is_large(monkeypatch)
    seen: list[str] = []

    def read(file: NamelessFile, start: int, size: int) -> bytes:
        with pytest.raises(ValueError, match="closed"):
            image.getpixel((0, 0))
        seen.append("closed")
        return real(file, start, size)

    real = NamelessFile.read
    monkeypatch.setattr(NamelessFile, "read", read)
    assert cut_out(image, (3, 4, 33, 24)).size == (30, 20)
    assert seen


def test_bands_are_all_of_a_picture() -> None:
    found = list(bands((16_384, 1000)))

    assert [top for top, _ in found[1:]] == [bottom for _, bottom in found[:-1]]
    assert (found[0][0], found[-1][1]) == (0, 1000)
    assert all((bottom - top) * 16_384 * 4 <= strips.STRIP for top, bottom in found)


def test_a_large_picture_is_decoded_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = taken(plain(SIZE, form="BMP"))
    expected = codec.decode(picture).tobytes()
    everything_is_large(monkeypatch)

    assert codec.decode(picture).tobytes() == expected
