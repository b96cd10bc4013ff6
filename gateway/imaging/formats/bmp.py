"""BMP: a file header, one of several picture headers, rows at an offset. What lies between or behind them is cut."""

from __future__ import annotations

import struct
from typing import NamedTuple

from gateway.images import ImageFormat
from gateway.imaging.formats.structure import Edit, Scan, damaged, truncated, unsupported

_BMP = ImageFormat.BMP
_FILE_HEADER = 14
_CORE = 12
_WITH_ALPHA_MASK = 56
_INFO_HEADERS = frozenset({40, 52, _WITH_ALPHA_MASK, 64, 108, 124})
_OS2_V2 = 64
_WITH_PROFILE = 124
_EMBEDDED = b"DEBM"
"""MBED as a number in this byte order; a linked profile is a path on the machine that wrote the file."""

_INFO = 40
_MASKS = 16
"""Bytes behind the plain header for three masks, or for four."""
_MOST_BITS_OF_A_PALETTE = 8

_RAW, _RLE8, _RLE4, _BITFIELDS = range(4)
_BITS = {_RAW: {1, 4, 8, 16, 24, 32}, _RLE8: {8}, _RLE4: {4}, _BITFIELDS: {16, 24, 32}}


class _Header(NamedTuple):
    width: int
    height: int
    """Negative where the first row is the topmost."""
    bits: int
    compression: int = _RAW
    packed_size: int = 0


def walk(view: memoryview) -> Scan:
    """Read the headers and check that the rows lie inside the file."""
    offset, size = struct.unpack_from("<10xII", view)
    if size != _CORE and size not in _INFO_HEADERS:
        raise damaged(_BMP, "its header is of no known kind")
    header = _read_core(view) if size == _CORE else _read_info(view)
    if header.width <= 0 or not header.height:
        raise damaged(_BMP, "it has no pixels")
    if header.bits not in _BITS.get(header.compression, ()):
        raise unsupported(_BMP, "has an unusual kind of pixels", "1, 4, 8, 16, 24 or 32 bits, plain or RLE")
    _check_rows(view, header, offset, _FILE_HEADER + size)
    tail = _edits(view, max(_end_of_rows(view, header, offset), _end_of_profile(view, size)))
    return Scan(
        format=_BMP,
        width=header.width,
        height=abs(header.height),
        has_alpha=header.compression == _BITFIELDS and _has_alpha_mask(view, size),
        edits=(*tail[:1], *_gap(view, header, offset, size), *tail[1:]),
    )


def _read_core(view: memoryview) -> _Header:
    width, height, _, bits = struct.unpack_from("<HHHH", view, _FILE_HEADER + 4)
    return _Header(width, height, bits)


def _read_info(view: memoryview) -> _Header:
    width, height, _, bits, compression, packed_size = struct.unpack_from("<iiHHII", view, _FILE_HEADER + 4)
    return _Header(width, height, bits, compression, packed_size)


def _check_rows(view: memoryview, header: _Header, offset: int, after_headers: int) -> None:
    if offset < after_headers:
        raise damaged(_BMP, "its pixels lie inside its header")
    if offset + _row_bytes(header) > len(view):
        raise truncated(_BMP)


def _row_bytes(header: _Header) -> int:
    """Bytes that the rows need at least; how long compressed rows are, only the header tells."""
    if header.compression in (_RLE8, _RLE4):
        return max(1, header.packed_size)
    row = (header.width * header.bits + 7) // 8
    # Rows are padded to four bytes, but some writers leave out the padding of the last one.
    return _padded(row) * (abs(header.height) - 1) + row


def _padded(row: int) -> int:
    return (row + 3) // 4 * 4


def _end_of_rows(view: memoryview, header: _Header, offset: int) -> int:
    if header.compression not in (_RLE8, _RLE4):
        return offset + _padded((header.width * header.bits + 7) // 8) * abs(header.height)
    return offset + header.packed_size if header.packed_size else len(view)


def _end_of_profile(view: memoryview, size: int) -> int:
    if size < _WITH_PROFILE or view[_FILE_HEADER + 56 : _FILE_HEADER + 60] != _EMBEDDED:
        return 0
    start, length = struct.unpack_from("<II", view, _FILE_HEADER + 112)
    return int(_FILE_HEADER + start + length)


def _edits(view: memoryview, end: int) -> tuple[Edit, ...]:
    if end >= len(view):
        return ()
    return Edit(2, 6, struct.pack("<I", end), repairs=True), Edit(end, len(view))


def _gap(view: memoryview, header: _Header, offset: int, size: int) -> tuple[Edit, ...]:
    """What lies between the tables and the rows becomes zeros, but for a profile: no decoder looks there."""
    start = _end_of_tables(view, header, size)
    profile = _end_of_profile(view, size)
    if start < profile <= offset:
        start = profile
    if start >= offset or not any(view[start:offset]):
        return ()
    return (Edit(start, offset, bytes(offset - start)),)


def _end_of_tables(view: memoryview, header: _Header, size: int) -> int:
    end = _FILE_HEADER + size
    if size == _INFO and header.compression == _BITFIELDS:
        end += _MASKS
    if header.bits > _MOST_BITS_OF_A_PALETTE:
        return end
    if size == _CORE:
        return end + (3 << header.bits)
    (used,) = struct.unpack_from("<I", view, _FILE_HEADER + 32)
    return int(end + 4 * (used or 1 << header.bits))


def _has_alpha_mask(view: memoryview, size: int) -> bool:
    """Masks follow the first 40 bytes of a header; the fourth one, of alpha, not in all kinds of header."""
    if size < _WITH_ALPHA_MASK or size == _OS2_V2:
        return False
    return any(view[_FILE_HEADER + 52 : _FILE_HEADER + 56])
