"""Names for content that is not one of the accepted formats, so that its sender learns what was sent."""

from __future__ import annotations

import codecs
import re

_HEAD = 4096
"""Bytes looked at: an SVG may begin with a long comment."""

_MAGIC = (
    (rb"%PDF-", "a PDF document"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "EPS or PostScript"),
    (rb"II[*+]\0|MM\0[*+]", "TIFF or a camera's raw format"),
    (rb"8BPS", "a Photoshop document (PSD)"),
    (rb"\0\0[\x01\x02]\0", "a Windows icon (ICO)"),
    (rb"icns", "an Apple icon (ICNS)"),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "JPEG XL"),
    (rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  ", "JPEG 2000"),
    (rb"gimp xcf", "a GIMP document (XCF)"),
    (rb"\x8aMNG|\x8bJNG", "MNG or JNG"),
    (rb"qoif", "QOI"),
    (rb"DDS ", "DDS"),
    (rb"\x76\x2f\x31\x01", "OpenEXR"),
    (rb"#\?RADIANCE|#\?RGBE", "Radiance HDR"),
    (rb"P[1-7]\s", "Netpbm (PBM, PGM, PPM)"),
    (rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF", "a Windows metafile"),
    (rb"PK\x03\x04|PK\x05\x06", "a zip archive"),
    (rb"\x1f\x8b", "a gzip archive"),
    (rb"7z\xbc\xaf\x27\x1c|Rar!\x1a|\x28\xb5\x2f\xfd|BZh[1-9]|\xfd7zXZ\0", "an archive"),
    (rb"\x1aE\xdf\xa3", "a video (WebM or Matroska)"),
    (rb"RIFF....AVI |\0\0\x01[\xb3\xba]|FLV\x01", "a video"),
    (rb"RIFF....WAVE|ID3|OggS|fLaC", "sound"),
)
_NAMES = tuple((re.compile(magic, re.DOTALL), name) for magic, name in _MAGIC)

_MARKUP = (
    (rb"<svg|<\?xml.*<svg|<!--.*<svg|<!doctype svg", "SVG"),
    (rb"<!doctype html|<html|<head|<body|<script|<!--.*<html", "an HTML page"),
    (rb"<\?xml|<", "an XML document"),
    (rb"[{\[]", "JSON"),
    (rb"data:image/|ivborw0kggo|/9j/|r0lgodlh|r0lgoddh|uklgr", "base64 text that nobody decoded"),
)
_MARKUP_NAMES = tuple((re.compile(rb"\s*+(?:" + start + rb")", re.DOTALL), name) for start, name in _MARKUP)

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def recognise(data: memoryview) -> str | None:
    """What the content is, with its article, fit for "The picture is ..."; None where nobody can tell."""
    head = bytes(data[:_HEAD])
    if head[4:8] == b"ftyp":
        return _media_name(head)
    name = next((name for magic, name in _NAMES if magic.match(head)), None)
    return name or _text_name(head)


def _media_name(head: bytes) -> str:
    """Name a file of the ISO base media format by its brand; the ones it is compatible with follow it."""
    brands = head[8 : min(int.from_bytes(head[:4], "big"), 256)]
    if b"avif" in brands or b"avis" in brands:
        return "AVIF"
    if re.search(rb"hei[cxms]|hev[cxms]|mif1|msf1", brands):
        return "HEIC"
    if brands.startswith(b"crx "):
        return "a camera's raw format"
    return "a video"


def _text_name(head: bytes) -> str | None:
    if not _is_text(head):
        return None
    lowered = head.removeprefix(codecs.BOM_UTF8).lower()
    return next((name for start, name in _MARKUP_NAMES if start.match(lowered)), "text")


def _is_text(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    if _CONTROL.search(head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut in two
    except UnicodeDecodeError:
        return False
    return True
