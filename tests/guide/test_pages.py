"""The pages of the guide: all there, in order, each with a title and a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.guide.pages import ORDER, Page, guide
from gateway.upstreams import DRIVERS

DOCS = Path(__file__).parents[2] / "gateway" / "docs"


def test_every_file_is_a_page() -> None:
    files = {str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.md")}

    assert set(guide().pages) == files


def test_pages_stand_in_the_order_in_which_they_are_read() -> None:
    ordered = [name for names in ORDER.values() for name in names if name in guide().pages]

    assert [name for name in guide().pages if name in ordered] == ordered


def test_every_driver_has_a_page() -> None:
    assert {f"backends/{driver}" for driver in DRIVERS} <= set(guide().pages)


@pytest.mark.parametrize("page", guide().pages.values(), ids=lambda page: page.name)
def test_every_page_says_what_it_is_about(page: Page) -> None:
    assert page.text.startswith("# ")
    assert 3 <= len(page.title) <= 60
    assert 10 <= len(page.summary) <= 250
    assert not page.summary.startswith(("#", "`" * 3, "|"))
