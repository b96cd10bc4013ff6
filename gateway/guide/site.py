"""Whole HTML documents of the guide: a page, its index, what a search found, and the API reference."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from string import Template

from gateway.guide.html import escape, render
from gateway.guide.pages import Guide, Page
from gateway.guide.sections import LONGEST_QUERY, Section, search

MOST_FOUND = 20
_SHIPPED = {
    "docs.css": "assets",
    "api.css": "assets",
    "api.js": "assets",
    "swagger-ui.css": "swagger",
    "swagger-ui-bundle.js": "swagger",
}
"""What pages load, and the folder in which it lies."""


class Site:
    """Links are relative everywhere, so that the guide works below any address that a proxy gives it."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide

    def index(self) -> str:
        groups = (
            f"<h2>{escape(title)}</h2>\n<ul>\n{''.join(_entry(page) for page in pages)}</ul>\n"
            for title, pages in self._guide.groups.items()
        )
        opening = (
            "<h1>The guide</h1>\n<p>Make, edit and enlarge pictures over HTTP, and run the gateway that does it.</p>"
        )
        return self._document("The guide", f"{opening}\n{''.join(groups)}", root="docs/")

    def page(self, page: Page) -> str:
        root = "../" * page.name.count("/")
        source = f'<p class="quiet"><a href="{root}{page.name}.md">This page as Markdown</a></p>'
        return self._document(page.title, f"{render(page)}{source}", root=root, current=page)

    def results(self, query: str) -> str:
        query = query[:LONGEST_QUERY]
        found = search(self._guide.pages.values(), query, most=MOST_FOUND)
        words = f"<h1>Search</h1>\n<p>{len(found) or 'No'} places for <strong>{escape(query)}</strong></p>\n"
        listed = "".join(_found(section) for section in found)
        return self._document("Search", f'{words}<ul class="found">\n{listed}</ul>', query=query)

    def _document(
        self, title: str, content: str, *, root: str = "", current: Page | None = None, query: str = ""
    ) -> str:
        return _template("page.html").substitute(
            title=escape(title),
            root=root,
            index=f"{root}../docs",
            version=version(),
            query=escape(query),
            navigation="\n".join(self._navigation(root, current)),
            content=content,
        )

    def _navigation(self, root: str, current: Page | None) -> Iterator[str]:
        for title, pages in self._guide.groups.items():
            yield f"<h2>{escape(title)}</h2>\n<ul>"
            for page in pages:
                here = ' aria-current="page"' if page is current else ""
                yield f'<li><a href="{root}{page.name}"{here}>{escape(page.title)}</a></li>'
            yield "</ul>"


def api_reference() -> str:
    return _template("api.html").substitute(version=version())


@cache
def shipped(name: str) -> bytes | None:
    """A file that pages load, or None."""
    folder = _SHIPPED.get(name)
    return files("gateway.guide").joinpath(folder, name).read_bytes() if folder else None


@cache
def version() -> str:
    """Names the files that pages load, so that browsers may keep them for ever."""
    return _digest(shipped(name) or b"" for name in sorted(_SHIPPED))


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(b"%d\n" % len(part))
        whole.update(part)
    return whole.hexdigest()[:16]


@cache
def _template(name: str) -> Template:
    return Template(files("gateway.guide").joinpath("assets", name).read_text(encoding="utf-8"))


def _entry(page: Page) -> str:
    return f'<li><a href="docs/{page.name}">{escape(page.title)}</a>: {escape(page.summary.replace("`", ""))}</li>\n'


def _found(section: Section) -> str:
    return (
        f'<li><a href="{escape(section.address)}">{escape(section.page.title)}: {escape(section.heading)}</a>'
        f"<p>{escape(section.excerpt)}</p></li>\n"
    )
