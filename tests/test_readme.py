"""The README: its links lead somewhere, its pictures are there and fetch nothing, and every command is named."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image

from gateway.cli import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
LINKS = sorted({link for link in re.findall(r'(?:\]\(|src=")([^)"#]+)', README) if "://" not in link})
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("link", [link for link in LINKS if link.endswith(".webp")])
def test_a_photograph_of_the_screen_is_light_enough(link: str) -> None:
    with Image.open(ROOT / link) as image:
        assert image.width >= 390
    assert (ROOT / link).stat().st_size < 200_000


def test_the_drawing_stands_alone_and_is_legible_in_the_dark() -> None:
    text = (ROOT / "gateway/docs/images/request.svg").read_text()
    root = ET.fromstring(text)  # noqa: S314 - our own file

    assert {element.tag for element in root.iter()} <= {
        SVG + name for name in ("svg", "title", "style", "defs", "marker", "rect", "circle", "text", "path")
    }
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "prefers-color-scheme: dark" in text


def test_every_command_is_named() -> None:
    assert [name for name in COMMANDS if not re.search(rf"`[^`]*\b{name}\b", README)] == []
