"""Foreign content: whoever sent it learns what it is."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from gateway.imaging.errors import PictureError
from gateway.imaging.formats import scan
from gateway.imaging.limits import PictureLimits

ACCEPTED = "accepted are PNG, JPEG, WebP, GIF and BMP"

FOREIGN = {
    b"\0\0\0\x18ftypheic\0\0\0\0mif1heic": "HEIC",
    b"\0\0\0\x14ftypmif1\0\0\0\0heix": "HEIC",
    b"\0\0\0\x18ftypmif1\0\0\0\0avifmif1": "AVIF",
    b"\0\0\0\x18ftypavis\0\0\0\0msf1avis": "AVIF",
    b"\0\0\0\x18ftypmp42\0\0\0\0isommp42": "a video",
    b"\0\0\0\x14ftypqt  \0\0\0\0qt  ": "a video",
    b"\0\0\0\x18ftypcrx \0\0\0\1crx isom": "a camera's raw format",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": "SVG",
    b"<?xml version='1.0'?>\n<!-- a drawing -->\n<SVG/>": "SVG",
    b"\xef\xbb\xbf  <svg/>": "SVG",
    b"<?xml version='1.0'?><note/>": "an XML document",
    b"\n<!DOCTYPE html><title>404</title>": "an HTML page",
    b"<html><body>Access denied": "an HTML page",
    b'{"error": {"message": "no"}}': "JSON",
    b"[1, 2]": "JSON",
    b"not a picture": "text",
    "schön, aber kein Bild".encode(): "text",
    ("x" + "ö" * 3000).encode(): "text",  # the part looked at ends inside a letter
    "a picture".encode("utf-16"): "text",
    b"iVBORw0KGgoAAAANSUhEUg": "base64 text that nobody decoded",
    b"data:image/png;base64,iVBO": "base64 text that nobody decoded",
    b"/9j/4AAQSkZJRg": "base64 text that nobody decoded",
    b"II*\0\x08\0\0\0": "TIFF or a camera's raw format",
    b"MM\0*\0\0\0\x08": "TIFF or a camera's raw format",
    b"%PDF-1.7": "a PDF document",
    b"%!PS-Adobe-3.0 EPSF-3.0": "EPS or PostScript",
    b"\xc5\xd0\xd3\xc6\x20\0\0\0": "EPS or PostScript",
    b"8BPS\0\1": "a Photoshop document (PSD)",
    b"\0\0\1\0\1\0\x10\x10": "a Windows icon (ICO)",
    b"\xff\x0a\xfa\x1f": "JPEG XL",
    b"\0\0\0\x0cJXL \r\n\x87\n": "JPEG XL",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000",
    b"\xff\x4f\xff\x51\0\x2f": "JPEG 2000",
    b"PK\x03\x04\x14\0": "a zip archive",
    b"\x1f\x8b\x08\0": "a gzip archive",
    b"\x1aE\xdf\xa3\x01\0": "a video (WebM or Matroska)",
    b"RIFF\x24\0\0\0AVI LIST": "a video",
    b"RIFF\x24\0\0\0WAVEfmt ": "sound",
    b"P6\n2 2\n255\n": "Netpbm (PBM, PGM, PPM)",
    b"\x93\xfe\xdc\xba": "of no known format",
    b"\0": "of no known format",
    b"RIFF": "text",
}


@pytest.mark.parametrize(("data", "name"), FOREIGN.items(), ids=[repr(data[:16]) for data in FOREIGN])
def test_content_is_named(data: bytes, name: str) -> None:
    with pytest.raises(PictureError) as refused:
        scan(data, PictureLimits())
    assert str(refused.value) == f"The picture is {name}; {ACCEPTED}"


def test_no_bytes_at_all() -> None:
    with pytest.raises(PictureError, match=r"^The picture is empty$"):
        scan(b"", PictureLimits())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("TIFF", "TIFF"),
        ("AVIF", "AVIF"),
        ("ICO", "ICO"),
        ("JPEG2000", "JPEG 2000"),
        ("EPS", "EPS"),
        ("PDF", "PDF"),
        ("PPM", "Netpbm"),
        ("DDS", "DDS"),
        ("ICNS", "ICNS"),
        ("QOI", "QOI"),
    ],
)
def test_what_pillow_writes_is_named(name: str, words: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, name)
    with pytest.raises(PictureError, match=rf"{words}.*; {ACCEPTED}"):
        scan(buffer.getvalue(), PictureLimits())


def test_words_do_not_repeat_the_content() -> None:
    with pytest.raises(PictureError) as refused:
        scan(b"<svg onload='alert(1)'>\x1b[31m", PictureLimits())
    assert str(refused.value) == f"The picture is SVG; {ACCEPTED}"
