from __future__ import annotations

from PIL import Image

from gateway.imaging.editing.curves import bend, bent, gain, table


def test_tables_are_clipped() -> None:
    assert table(lambda level: level * 2 - 100)[:1] == [0]
    assert table(lambda level: level * 2 - 100)[255] == 255
    assert len(table(lambda level: level)) == 256


def test_bend_takes_any_number_of_channels() -> None:
    for mode, pixel in (("L", 10), ("RGB", (10, 20, 30))):
        image = Image.new(mode, (1, 1), pixel)
        assert bend(image, lambda level: level).tobytes() == image.tobytes()


def test_gain_and_bent_tell_channels_apart() -> None:
    image = Image.new("RGB", (1, 1), (100, 100, 100))
    assert gain(image, 0.5, 1, 3).getpixel((0, 0)) == (50, 100, 255)
    assert image.point(bent(lambda _: 1, lambda _: 2, lambda _: 3)).getpixel((0, 0)) == (1, 2, 3)
