from __future__ import annotations

import pytest

from gateway.imaging.editing import parse

SAID = {
    "brighten": "brightened",
    "darken slightly": "darkened slightly",
    "brighten by 20% in the sky": "brightened by 20% (sky)",
    "2x brighter": "brightened by a factor of 2",
    "make the brightness 30% less": "darkened by 30%",
    "set the contrast to 150%": "raised the contrast to 150%",
    "add heavy rain": "added rain (strong)",
    "add 30% fog": "added fog (30%)",
    "a thin red border": "added a border (slight, red)",
    "a border of 1 pixel": "added a border (1 pixels)",
    "posterize to 3 levels": "posterized to 3 levels",
    "shift the hue by 90 degrees": "shifted the hues by 90 degrees",
    "tint it light blue slightly": "tinted light blue slightly",
    "rotate": "turned 90 degrees clockwise",
    "rotate by -30 degrees": "turned 30 degrees counterclockwise",
    "turn left": "turned 90 degrees counterclockwise",
    "flip upside down": "flipped top to bottom",
    "crop": "cropped (centre)",
    "crop by 10%": "cropped by 10% (centre)",
    "crop to 4:3 at the top": "cropped to 4:3 (top)",
    "crop to 800x600": "cropped to 800x600 pixels",
    "resize to 800x600": "resized to 800x600 pixels",
    "resize to 512": "resized to 512 pixels on the longer side",
    "make it 50% smaller": "reduced in size by 50%",
    "write 'A  b'": "wrote 'A b'",
    "write 'Größe' in red": "wrote 'Grosse' for 'Größe', because the bundled font has no accents (red)",
}


@pytest.mark.parametrize(("instruction", "said"), SAID.items(), ids=list(SAID))
def test_said(instruction: str, said: str) -> None:
    (step,) = parse(instruction).steps
    assert step.said == said
