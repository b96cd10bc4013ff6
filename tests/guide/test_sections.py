"""Cutting pages at their headings, and finding words in them."""

from __future__ import annotations

from gateway.guide.pages import Page, guide
from gateway.guide.sections import Anchors, search, sections

PAGE = Page("soup", "# Soup\n\nHot.\n\n## Carrots\n\nOrange.\n\n```sh\n# no heading\n```\n\n## `Carrots`\n\nAgain.\n")


def test_a_page_is_cut_at_its_headings_and_nowhere_else() -> None:
    found = list(sections(PAGE))

    assert [(section.heading, section.address) for section in found] == [
        ("Soup", "soup"),
        ("Carrots", "soup#carrots"),
        ("Carrots", "soup#carrots-1"),
    ]
    assert "# no heading" in found[1].text


def test_anchors_are_those_of_github() -> None:
    anchors = Anchors()

    assert anchors.of("POST or GET?") == "post-or-get"
    assert anchors.of("`models.<id>`") == "modelsid"
    assert anchors.of("POST or GET?") == "post-or-get-1"


def test_every_word_must_be_there() -> None:
    assert search([PAGE], "carrots orange", most=5)[0].anchor == "carrots"
    assert search([PAGE], "carrots purple", most=5) == []


def test_words_are_found_by_their_beginning_and_in_any_case() -> None:
    assert {section.anchor for section in search([PAGE], "CARR", most=5)} == {"carrots", "carrots-1"}
    assert search([PAGE], "range", most=5) == []


def test_nothing_is_asked_nothing_is_found() -> None:
    assert search([PAGE], " .. ? ", most=5) == []
    assert search([PAGE], "", most=5) == []


def test_what_is_asked_most_is_found_first() -> None:
    pages = list(guide().pages.values())

    assert search(pages, "idempotency", most=1)[0].page.name == "errors-and-retrying"
    assert search(pages, "mask", most=1)[0].page.name == "edit"
    assert search(pages, "open webui", most=1)[0].page.name == "clients"


def test_excerpts_are_short_and_plain() -> None:
    for page in guide().pages.values():
        for section in sections(page):
            assert len(section.excerpt) <= 204
            assert "`" not in section.excerpt
