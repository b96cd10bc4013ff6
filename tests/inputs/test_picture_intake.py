"""What was handed in becomes a picture, or a refusal that names its field; large ones are left on disk (I3, I6)."""

from __future__ import annotations

import base64
import time

import pytest
from support.samples import plain, telling_png

from gateway.blob import MemoryBlob
from gateway.errors import BadRequest, PayloadTooLarge
from gateway.imaging.limits import PictureLimits
from gateway.inputs.fields import Upload
from gateway.inputs.long_text import LongText
from gateway.inputs.picture_intake import PictureIntake
from gateway.inputs.request_memory import RequestMemory
from gateway.spool import Spool, SpooledBlob

LARGE = plain((300, 300), form="BMP")
LIMIT = 300_000


@pytest.fixture
def intake() -> PictureIntake:
    return PictureIntake(PictureLimits(max_bytes=LIMIT), RequestMemory())


async def test_a_large_upload_stays_in_the_file_that_it_arrived_in(intake: PictureIntake) -> None:
    blob = Spool(in_memory=0).keep(LARGE)

    picture = await intake.take(Upload(blob), "image", Spool())

    assert (picture.width, picture.height) == (300, 300)
    assert picture.blob is blob


@pytest.mark.parametrize("room", [0, 10**6])
async def test_what_is_cut_or_decoded_goes_to_the_spool(intake: PictureIntake, room: int) -> None:
    telling = telling_png((64, 48))
    spool = Spool(in_memory=room)

    cut = await intake.take(Upload(Spool(in_memory=0).keep(telling)), "image", spool)
    text = await intake.take(LongText(MemoryBlob(base64.b64encode(LARGE))), "image", spool)
    short = await intake.take(base64.b64encode(plain()).decode(), "image", spool)

    kind = MemoryBlob if room else SpooledBlob
    assert [type(picture.blob) for picture in (cut, text, short)] == [kind] * 3
    assert len(cut.blob.read()) < len(telling)
    assert text.blob.read() == LARGE
    assert short.blob.read() == plain()


@pytest.mark.parametrize("data", [b"", b"nothing", plain()[:-20], b"<svg/>"])
async def test_what_is_no_picture_names_its_field(intake: PictureIntake, data: bytes) -> None:
    for sent in (
        Upload(MemoryBlob(data)),
        LongText(MemoryBlob(base64.b64encode(data))),
        base64.b64encode(data).decode(),
    ):
        with pytest.raises(BadRequest) as caught:
            await intake.take(sent, "mask", Spool())
        assert caught.value.param == "mask"


async def test_i6_too_many_bytes_are_refused_before_they_are_decoded(intake: PictureIntake) -> None:
    text = LongText(MemoryBlob(b"A" * 100_000_000))
    started = time.monotonic()

    with pytest.raises(PayloadTooLarge) as caught:
        await intake.take(text, "image", Spool())
    with pytest.raises(PayloadTooLarge):
        await intake.take(Upload(MemoryBlob(bytes(LIMIT + 1))), "image", Spool())

    assert caught.value.param == "image"
    assert time.monotonic() - started < 2
