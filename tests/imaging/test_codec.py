"""Pixels in: what a decoder may drag in when a picture is damaged (I2)."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PIL import Image
from support.samples import mpo, photograph

from gateway.blob import MemoryBlob
from gateway.images import ImageFormat, Picture
from gateway.imaging.codec import decode
from gateway.imaging.errors import PictureError


def jpeg(data: bytes) -> Picture:
    return Picture(ImageFormat.JPEG, 32, 24, MemoryBlob(data))


def test_a_damaged_picture_loads_no_decoder_of_another_format(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[bool] = []
    monkeypatch.setattr(Image, "init", lambda: loaded.append(True))

    for damaged in (photograph((32, 24))[:300], b"\xff\xd8\xff\xc0", b"\xff\xd8\xff\xe0 no segment"):
        with pytest.raises(PictureError):
            decode(jpeg(damaged))

    assert loaded == []


def test_no_other_decoder_is_ever_loaded() -> None:
    """In a process of its own: what was loaded once stays."""
    work = (
        "import io, sys\n"
        "from PIL import Image\n"
        "from gateway.blob import MemoryBlob\n"
        "from gateway.images import OUTPUT_FORMATS, ImageFormat, Picture\n"
        "from gateway.imaging.codec import decode, encode\n"
        "for form in ImageFormat:\n"
        "    buffer = io.BytesIO()\n"
        "    Image.new('RGB', (8, 8)).save(buffer, form)\n"
        "    image = decode(Picture(form, 8, 8, MemoryBlob(buffer.getvalue())))\n"
        "    [encode(image, output) for output in OUTPUT_FORMATS]\n"
        "print(*sorted(Image.OPEN))\n"
    )

    done = subprocess.run([sys.executable, "-c", work], capture_output=True, text=True, check=True)  # noqa: S603 - the lines above
    loaded = done.stdout.split()

    assert set(loaded) - {"PPM", "DIB", "TIFF"} == {"BMP", "GIF", "JPEG", "PNG", "WEBP"}


def test_of_several_pictures_in_one_file_the_first_is_taken() -> None:
    image = decode(jpeg(mpo((32, 24))))

    assert (image.size, image.getpixel((0, 0))) == ((32, 24), (254, 0, 0))
