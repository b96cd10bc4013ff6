"""Damaged pictures of all five formats: refused or whole, quickly, and telling nothing but pixels (I1, I3, I5)."""

from __future__ import annotations

import io
import json
import time
import warnings

import pytest
from PIL import Image
from support.effort import Effort
from support.fuzzed_pictures import telling_pictures
from support.images_api import EDITS, UPSCALE
from support.mutation import Mutator
from support.plain_http import Reply, send
from support.samples import SECRET, data_url
from support.verdicts import no_fault_of_ours

from gateway.images import Picture
from gateway.imaging import codec
from gateway.imaging.errors import PictureError
from gateway.imaging.limits import PictureLimits
from gateway.imaging.reading import read_picture

LIMITS = PictureLimits(max_pixels=200_000)
PATIENCE = 2
"""Seconds for one picture; a thousandth is usual."""
ORIENTATION = 0x0112
TELLING = {"comment", "xmp", "XML:com.adobe.xmp", "parameters", "workflow", "photoshop", "Software", "Description"}
SOURCES = telling_pictures()


@pytest.mark.parametrize("name", SOURCES)
def test_a_damaged_picture_is_refused_or_whole(effort: Effort, name: str) -> None:
    """Of 17 pictures 15 damages each in a brief run, 12750 in a long one."""
    mutate = Mutator(effort.dice(name), list(SOURCES.values()))

    for _ in effort.rounds(15):
        data = mutate(SOURCES[name])
        started = time.perf_counter()
        picture = taken(data)
        if picture is not None:
            assert_plain(picture)
        assert time.perf_counter() - started < PATIENCE, data


@pytest.mark.parametrize("name", SOURCES)
def test_whatever_is_damaged_what_it_told_is_cut(effort: Effort, name: str) -> None:
    """Damage that moves nothing: what told something stays in its place, and its bytes must go."""
    mutate = Mutator(effort.dice(name), [SOURCES[name]])

    for _ in effort.rounds(15):
        picture = taken(mutate.in_place(SOURCES[name]))
        assert picture is None or SECRET.encode() not in picture.blob.read()


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("path", [EDITS, UPSCALE])
def test_neither_way_in_minds_damage(effort: Effort, painted: str, name: str, path: str) -> None:
    mutate = Mutator(effort.dice(name + path), list(SOURCES.values()))

    for _ in effort.rounds(1):
        data = mutate(SOURCES[name])
        for reply in (uploaded(painted, path, data), as_text(painted, path, data)):
            no_fault_of_ours(reply)


def taken(data: bytes) -> Picture | None:
    try:
        return read_picture(data, LIMITS)
    except PictureError:
        return None


def assert_plain(picture: Picture) -> None:
    """It is as large as was said before anybody decoded it, and a reader finds nothing in it but its orientation."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, about what it repairs
        try:
            image = codec.decode(picture)
        except PictureError:
            return  # what only decoding shows, and is refused then
        assert image.size == (picture.width, picture.height)
        with Image.open(io.BytesIO(picture.blob.read())) as found:
            found.load()
            assert set(found.getexif()) <= {ORIENTATION}
            assert not TELLING & set(found.info)
            assert not getattr(found, "text", {})


def uploaded(address: str, path: str, data: bytes) -> Reply:
    head = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
    prompt = b'\r\n--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na\r\n--x--\r\n'
    return send(address, "POST", path, {"Content-Type": "multipart/form-data; boundary=x"}, head + data + prompt)


def as_text(address: str, path: str, data: bytes) -> Reply:
    body = json.dumps({"prompt": "a", "image": data_url(data)}).encode()
    return send(address, "POST", path, {"Content-Type": "application/json"}, body)
