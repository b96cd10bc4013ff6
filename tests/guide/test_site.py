"""Whole documents: what they load, what they link to, and that nothing a reader types becomes markup."""

from __future__ import annotations

import posixpath
import re
from functools import cache

import pytest

from gateway.guide.pages import Page, guide
from gateway.guide.sections import sections
from gateway.guide.site import Site, api_reference, shipped, version

ROUTES = {"/", "/docs", "/docs/api", "/docs/search", "/openapi.json", "/favicon.ico"}
SITE = Site(guide())


@cache
def known() -> set[str]:
    pages = {f"/docs/{name}{ending}" for name in guide().pages for ending in ("", ".md")}
    anchors = {f"/docs/{section.address}" for page in guide().pages.values() for section in sections(page)}
    names = ("docs.css", "api.css", "api.js", "swagger-ui.css", "swagger-ui-bundle.js")
    return ROUTES | pages | anchors | {f"/docs/assets/{version()}/{name}" for name in names}


def leads_to(at: str, link: str) -> str:
    """The address that a browser at `at` makes of a relative link."""
    path, sign, anchor = link.partition("#")
    whole = posixpath.normpath(posixpath.join(posixpath.dirname(at), path)) if path else at
    return whole + sign + anchor


def dead_links(at: str, document: str) -> list[str]:
    links = re.findall(r'(?:href|src|action)="([^"]*)"', document)
    own = [link for link in links if not re.match(r"https?://", link) and link != "#content"]
    assert len(own) > 5
    return [link for link in own if leads_to(at, link) not in known()]


@pytest.mark.parametrize("page", guide().pages.values(), ids=lambda page: page.name)
def test_no_page_has_a_dead_link(page: Page) -> None:
    assert dead_links(f"/docs/{page.name}", SITE.page(page)) == []


def test_neither_has_the_index_nor_the_search_nor_the_reference() -> None:
    assert dead_links("/docs", SITE.index()) == []
    assert dead_links("/docs/search", SITE.results("retry")) == []
    assert dead_links("/docs/api", api_reference()) == []


def test_what_is_searched_for_is_text() -> None:
    written = SITE.results('"><script>alert(1)</script>')

    assert "<script>" not in written
    assert "&quot;&gt;&lt;script&gt;" in written


def test_no_document_brings_script_or_style_of_its_own() -> None:
    documents = [SITE.index(), SITE.results("x"), api_reference(), *map(SITE.page, guide().pages.values())]

    for document in documents:
        assert "style=" not in document
        assert "<style" not in document
        assert not re.search(r"<script(?! src=)", document)
        assert not re.search(r"\son\w+=", re.sub(r">[^<]*<", "><", document))


def test_only_what_is_listed_is_shipped() -> None:
    assert shipped("page.html") is None
    assert shipped("../pages.py") is None
    assert shipped("docs.css") is not None
