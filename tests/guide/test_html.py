"""Markdown as HTML that a strict policy lets pass."""

from __future__ import annotations

import re

import pytest

from gateway.guide.html import render
from gateway.guide.pages import Page, guide
from gateway.guide.sections import sections


def test_markup_in_a_page_is_text() -> None:
    written = render(Page("x", "# T\n\n<script>alert(1)</script> [a](javascript:alert)\n"))

    assert "<script>" not in written
    assert "href" not in written


def test_links_between_pages_lose_their_ending() -> None:
    written = render(Page("x", "# T\n\n[a](edit.md) [b](../faq.md#one) [c](https://example.com/a.md)\n"))

    assert re.findall(r'href="([^"]+)"', written) == ["edit", "../faq#one", "https://example.com/a.md"]


def test_aligned_tables_carry_no_style() -> None:
    written = render(Page("x", "# T\n\n| a | b |\n|--:|:-:|\n| 1 | 2 |\n"))

    assert "<table>" in written
    assert "style" not in written


@pytest.mark.parametrize("page", guide().pages.values(), ids=lambda page: page.name)
def test_every_section_can_be_linked_to(page: Page) -> None:
    identities = re.findall(r' id="([^"]*)"', render(page))

    assert identities == [section.anchor for section in sections(page) if section.anchor]
    assert len(set(identities)) == len(identities)
