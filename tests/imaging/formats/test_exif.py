"""EXIF: its orientation, and nothing that a broken block could do."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gateway.imaging.formats.exif import minimal_block, read_orientation, shown_size

Build = Callable[..., bytes]


def block(entry: bytes, order: str = ">") -> memoryview:
    head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(f"{order}IH", 8, 1)
    return memoryview(head + entry + bytes(4))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_orientation_among_other_tags(camera_exif: Build, orientation: int, order: str) -> None:
    data = camera_exif(orientation, order)
    assert read_orientation(memoryview(data)) == orientation
    assert read_orientation(memoryview(b"Exif\0\0" + data)) == orientation


@pytest.mark.parametrize("orientation", range(1, 9))
def test_minimal_block_tells_only_the_orientation(orientation: int) -> None:
    data = minimal_block(orientation)
    exif = Image.Exif()
    exif.load(data)
    assert dict(exif) == {0x0112: orientation}
    assert read_orientation(memoryview(data)) == orientation
    assert len(data) == 26


@pytest.mark.parametrize(
    ("entry", "orientation"),
    [
        (struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0), 6),
        (struct.pack(">HHII", 0x0112, 4, 1, 6), 6),
        (struct.pack(">HHIBBBB", 0x0112, 1, 1, 6, 0, 0, 0), 6),
        (struct.pack(">HHIHH", 0x0112, 3, 2, 6, 6), 1),
        (struct.pack(">HHIHH", 0x0112, 2, 1, 6, 0), 1),
        (struct.pack(">HHIHH", 0x0112, 3, 1, 0, 0), 1),
        (struct.pack(">HHIHH", 0x0112, 3, 1, 9, 0), 1),
        (struct.pack(">HHIHH", 0x0113, 3, 1, 6, 0), 1),
    ],
)
def test_kinds_of_values(entry: bytes, orientation: int) -> None:
    assert read_orientation(block(entry)) == orientation


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Exif\0\0",
        b"MM\0*",
        b"MM\0*\0\0\0\x08",
        b"MM\0*\xff\xff\xff\xff\0\1",
        b"II*\0\x08\0\0\0\xff\xff",
        b"JUNK",
    ],
)
def test_broken_blocks_are_upright(data: bytes) -> None:
    assert read_orientation(memoryview(data)) == 1


@settings(max_examples=200, deadline=None)
@given(order=st.sampled_from((b"MM\0*", b"II*\0")), rest=st.binary(max_size=80))
def test_any_block_has_an_orientation(order: bytes, rest: bytes) -> None:
    assert 1 <= read_orientation(memoryview(order + rest)) <= 8


def test_sideways_pictures_swap_their_sides() -> None:
    shown = [shown_size(3, 2, orientation) for orientation in range(1, 9)]
    assert shown == [(3, 2)] * 4 + [(2, 3)] * 4
