"""JPEG, and the first picture of an MPO: markers, segments, entropy-coded data between them (ITU T.81)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.images import ImageFormat
from gateway.imaging.formats.exif import UPRIGHT, minimal_block, read_orientation, shown_size
from gateway.imaging.formats.structure import Edit, Scan, budget, damaged, truncated, unsupported

_JPEG = ImageFormat.JPEG
_MARKER_LEAD = 0xFF
_SOS, _EOI, _APP0, _APP1, _APP11, _APP15, _COM = 0xDA, 0xD9, 0xE0, 0xE1, 0xEB, 0xEF, 0xFE

_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
"""Baseline, extended and progressive, by Huffman or by arithmetic coding."""
_PROGRESSIVE = frozenset({0xC2, 0xCA})
_OTHER_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7})
"""Lossless, hierarchical and JPEG-LS."""
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD})
_SEGMENTS = _FRAMES | _TABLES | {_SOS, _COM} | set(range(_APP0, _APP15 + 1))

_MOST_SCANS = 64
"""A progressive file has about ten. Each one, even an empty one, makes a decoder go over all pixels again."""

_LENGTH_SIZE = 2
_BITS_A_SAMPLE = 8
_JFIF_SIZE = 14
_EXIF_PREFIX = b"Exif\0\0"
# What stays changes the colours, or is the signed provenance that its reader asks for.
_KEPT_SEGMENTS = {_APP0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", _APP11: b"JP", 0xEE: b"Adobe"}

# In entropy-coded data FF is data when 00 follows; neither restart markers nor fill bytes end it.
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_NOT_FILL = re.compile(rb"[^\xff]")


class _Segment(NamedTuple):
    marker: int
    start: int
    body: int
    stop: int


def walk(view: memoryview) -> Scan:
    """Go from marker to marker up to the end of the first picture; entropy-coded data is only searched."""
    segments = list(_segments(view))
    first_scan = _check_order(segments)
    width, height = _frame_size(view, segments)
    exif = next((segment for segment in segments[:first_scan] if _is_exif(view, segment)), None)
    orientation = read_orientation(view[exif.body : exif.stop]) if exif else UPRIGHT
    width, height = shown_size(width, height, orientation)
    return Scan(
        format=_JPEG,
        width=width,
        height=height,
        orientation=orientation,
        in_scans=_is_in_scans(view, segments),
        edits=tuple(_edits(view, segments, exif, orientation)),
    )


def _segments(view: memoryview) -> Iterator[_Segment]:
    """Every segment up to the end-of-image marker, which is yielded last and without a body."""
    at = 2
    for _ in budget(_JPEG, len(view)):
        start = at
        if view[start] != _MARKER_LEAD:
            raise damaged(_JPEG, "a marker is missing")
        code = _NOT_FILL.search(view, start)
        if code is None:
            raise truncated(_JPEG)
        marker, at = view[code.start()], code.end()
        if marker == _EOI:
            yield _Segment(marker, start, at, at)
            return
        stop = _stop(view, marker, at)
        yield _Segment(marker, start, at + _LENGTH_SIZE, stop)
        at = _end_of_scan(view, stop) if marker == _SOS else stop


def _stop(view: memoryview, marker: int, at: int) -> int:
    if marker in _OTHER_FRAMES:
        raise unsupported(_JPEG, "is lossless or hierarchical", "baseline and progressive ones")
    if marker not in _SEGMENTS:
        raise damaged(_JPEG, "it has a marker where none can be")
    (length,) = struct.unpack_from(">H", view, at)
    if length < _LENGTH_SIZE:
        raise damaged(_JPEG, "a segment has no proper length")
    if at + length > len(view):
        raise truncated(_JPEG)
    return int(at + length)


def _end_of_scan(view: memoryview, at: int) -> int:
    found = _END_OF_SCAN.search(view, at)
    if found is None:
        raise truncated(_JPEG)
    return found.start()


def _check_order(segments: Sequence[_Segment]) -> int:
    """Return the place of the first scan."""
    markers = [segment.marker for segment in segments]
    if _SOS not in markers or _FRAMES.isdisjoint(markers):
        raise damaged(_JPEG, "it has no pixels")
    if markers.count(_SOS) > _MOST_SCANS:
        raise damaged(_JPEG, f"it has more than {_MOST_SCANS} scans")
    first_scan = markers.index(_SOS)
    if _FRAMES.isdisjoint(markers[:first_scan]):
        raise damaged(_JPEG, "its pixels come before its header")
    return first_scan


def _frame_size(view: memoryview, segments: Sequence[_Segment]) -> tuple[int, int]:
    frames = [segment for segment in segments if segment.marker in _FRAMES]
    if len(frames) > 1:
        raise damaged(_JPEG, "it has two headers")
    body = view[frames[0].body : frames[0].stop]
    bits, height, width, components = struct.unpack_from(">BHHB", body)
    if len(body) != 6 + 3 * components:
        raise damaged(_JPEG, "its header has no proper length")
    if bits != _BITS_A_SAMPLE:
        raise unsupported(_JPEG, f"has {bits} bits a sample", f"{_BITS_A_SAMPLE}")
    if components not in (1, 3, 4):
        raise unsupported(_JPEG, f"has {components} components", "1, 3 or 4")
    if not width or not height:
        raise damaged(_JPEG, "it has no pixels")
    return width, height


def _is_in_scans(view: memoryview, segments: Sequence[_Segment]) -> bool:
    """Decoders go by this: a progressive frame, or one whose first scan has not all of its components."""
    frame = next(segment for segment in segments if segment.marker in _FRAMES)
    scan = next(segment for segment in segments if segment.marker == _SOS)
    return frame.marker in _PROGRESSIVE or view[scan.body] < view[frame.body + 5]


def _is_exif(view: memoryview, segment: _Segment) -> bool:
    return segment.marker == _APP1 and _starts_with(view, segment, _EXIF_PREFIX)


def _edits(view: memoryview, segments: Sequence[_Segment], exif: _Segment | None, orientation: int) -> Iterator[Edit]:
    turn = b"" if orientation == UPRIGHT else _exif_segment(orientation)
    for segment in segments:
        if _stays(view, segment):
            continue
        replacement = turn if segment is exif else _jfif_without_thumbnail(view, segment)
        if view[segment.start : segment.stop] != replacement:
            yield Edit(segment.start, segment.stop, replacement)
    end = segments[-1].stop
    if end < len(view):
        yield Edit(end, len(view))


def _stays(view: memoryview, segment: _Segment) -> bool:
    if segment.marker != _COM and not _APP0 <= segment.marker <= _APP15:
        return True
    prefix = _KEPT_SEGMENTS.get(segment.marker)
    if prefix is None or not _starts_with(view, segment, prefix):
        return False
    if segment.marker == _APP0:
        return segment.stop - segment.body == _JFIF_SIZE
    return segment.marker != _APP11 or bytes(view[segment.body : segment.stop][12:16]) == b"jumb"


def _jfif_without_thumbnail(view: memoryview, segment: _Segment) -> bytes:
    """The header as it was, without the small copy of the picture that may show what an edit removed.

    Empty for every other segment, and for a header so short that decoders do not take it for one.
    """
    body = view[segment.body : segment.stop]
    if segment.marker != _APP0 or len(body) < _JFIF_SIZE or not _starts_with(view, segment, b"JFIF\0"):
        return b""
    return struct.pack(">BBH", 0xFF, _APP0, 2 + _JFIF_SIZE) + bytes(body[: _JFIF_SIZE - 2]) + b"\0\0"


def _exif_segment(orientation: int) -> bytes:
    body = _EXIF_PREFIX + minimal_block(orientation)
    return struct.pack(">BBH", 0xFF, _APP1, 2 + len(body)) + body


def _starts_with(view: memoryview, segment: _Segment, prefix: bytes) -> bool:
    return view[segment.body : min(segment.stop, segment.body + len(prefix))] == prefix
