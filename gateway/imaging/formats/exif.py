"""The one thing of EXIF that changes how a picture is shown: its orientation."""

from __future__ import annotations

import struct

UPRIGHT = 1

_ORIENTATION_TAG = 0x0112
_PREFIX = b"Exif\0\0"
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_VALUE_CODES = {1: "B", 3: "H", 4: "I"}
_ORIENTATIONS = range(UPRIGHT, 9)
_SIDEWAYS = frozenset({5, 6, 7, 8})


def read_orientation(block: memoryview) -> int:
    """Orientation, 1 to 8, of an EXIF block with or without its `Exif` prefix; 1 where it tells none.

    Viewers show a picture with a broken EXIF block upright, so nothing here is an error.
    """
    tiff = block[len(_PREFIX) :] if block[: len(_PREFIX)] == _PREFIX else block
    order = _BYTE_ORDERS.get(bytes(tiff[:4]))
    if order is None:
        return UPRIGHT
    try:
        value = _first_value(tiff, order)
    except struct.error:
        return UPRIGHT
    return value if value in _ORIENTATIONS else UPRIGHT


def minimal_block(orientation: int) -> bytes:
    """An EXIF block, without prefix, that tells the orientation and nothing else."""
    header = struct.pack(">2sHI", b"MM", 42, 8)
    entry = struct.pack(">HHIHH", _ORIENTATION_TAG, 3, 1, orientation, 0)
    return header + struct.pack(">H", 1) + entry + struct.pack(">I", 0)


def shown_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Width and height after a viewer has turned the stored pixels upright."""
    return (height, width) if orientation in _SIDEWAYS else (width, height)


def _first_value(tiff: memoryview, order: str) -> int:
    (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, directory)
    for at in range(directory + 2, directory + 2 + 12 * count, 12):
        tag, kind, values = struct.unpack_from(f"{order}HHI", tiff, at)
        if tag != _ORIENTATION_TAG:
            continue
        if values != 1 or kind not in _VALUE_CODES:
            return UPRIGHT
        value: int = struct.unpack_from(f"{order}{_VALUE_CODES[kind]}", tiff, at + 8)[0]
        return value
    return UPRIGHT
