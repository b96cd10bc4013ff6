"""A page of the guide as HTML: no script, no style, no markup of its own but what Markdown means."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from gateway.guide.pages import Page
from gateway.guide.sections import Anchors

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_PAGE_LINK = re.compile(r"(?!\w+:|/)([\w./-]+)\.md(#[\w-]+)?")


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - nobody may ever read the guide here, and starting is to be quick

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def render(page: Page) -> str:
    """Takes some milliseconds. Links between pages stay relative, so that they work below any address."""
    markdown = _markdown()
    tokens = markdown.parse(page.text)
    _name_headings(tokens)
    for token in tokens:
        _settle(token)
    written: str = markdown.renderer.render(tokens, markdown.options, {})
    # What is wide scrolls in a box of its own, which must be reachable by keys to be scrolled by them.
    boxed = written.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
    return boxed.replace("<pre>", '<pre tabindex="0">')


def _name_headings(tokens: Sequence[Token]) -> None:
    anchors = Anchors()
    for token, content in pairwise(tokens):
        if token.type == "heading_open" and token.tag != "h1":
            token.attrSet("id", anchors.of(content.content))


def _settle(token: Token) -> None:
    token.attrs.pop("style", None)  # the alignment of a column, which the policy of the page forbids
    href = token.attrs.get("href")
    if isinstance(href, str) and (link := _PAGE_LINK.fullmatch(href)):
        token.attrs["href"] = link[1] + (link[2] or "")
    for child in token.children or ():
        _settle(child)


def escape(text: str) -> str:
    return html.escape(text)
