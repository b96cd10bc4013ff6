"""What pictures tell besides their pixels is cut, and nothing else of them is touched (I5)."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession
from PIL import Image, ImageCms
from support.background import Standing
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, UPSCALE, picture
from support.painter import Painter
from support.samples import GPS, SECRET, camera_exif, decoded, encoded, photograph, telling_png, text

SQUARE = (256, 256)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<?xpacket begin="" id=""?><x:xmpmeta xmlns:x="adobe:ns:meta/">' + SECRET.encode() + b"</x:xmpmeta>"


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


def noise(form: str, **options: Any) -> bytes:
    return encoded(Image.effect_noise(SQUARE, 60).convert("RGB"), form, **options)


RETURNED = {
    "png with text chunks": ("png", telling_png(SQUARE)),
    "png with everything": ("png", noise("PNG", exif=camera_exif(), icc_profile=PROFILE)),
    "jpeg from a telephone": ("jpeg", photograph(SQUARE)),
    "jpeg with xmp": ("jpeg", noise("JPEG", exif=camera_exif(), xmp=XMP, icc_profile=PROFILE, comment=SECRET.encode())),
    "webp": ("webp", noise("WEBP", exif=camera_exif().tobytes(), xmp=XMP, icc_profile=PROFILE)),
}


@pytest.mark.parametrize("kind", RETURNED)
async def test_what_a_provider_returns_is_hosted_without_metadata(
    start: StartGateway, painter: Painter, kind: str
) -> None:
    form, returned = RETURNED[kind]
    painter.pictures = [returned]
    gateway = await start(painter.document())

    made = await picture(gateway, GENERATIONS, {"prompt": "a", "output_format": form})

    assert_silent(made)
    before, after = decoded(returned), decoded(made)
    assert after.tobytes() == before.tobytes()
    assert after.info.get("icc_profile") == before.info.get("icc_profile")


def assert_silent(data: bytes) -> None:
    image = decoded(data)
    assert SECRET.encode() not in data
    assert b"Kamera" not in data
    assert dict(image.getexif()) == {}
    assert GPS not in image.getexif()
    assert not {"parameters", "workflow", "xmp", "comment", "exif"} & set(image.info)


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
async def test_a_photograph_s_place_and_camera_are_not_republished(gateway: Gateway, form: str) -> None:
    source = text(photograph(SQUARE, orientation=6))

    for path, fields in ((UPSCALE, {}), (EDITS, {"prompt": "make it warmer"})):
        made = await picture(gateway, path, {**fields, "image": source, "output_format": form})
        assert_silent(made)


async def test_a_provider_is_not_told_them_either(start: StartGateway, painter: Painter) -> None:
    gateway = await start(painter.document())

    for source in (photograph(SQUARE), telling_png(SQUARE)):
        await picture(gateway, EDITS, {"prompt": "warmer", "image": text(source)})

    for asked in painter.asked:
        assert_silent(asked.files[0][1])
