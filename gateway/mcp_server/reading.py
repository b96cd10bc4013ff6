"""The guide for assistants: three tools and the resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mcp import types

from gateway.guide.pages import Guide, Page
from gateway.guide.sections import LONGEST_QUERY, Section, search

MOST_FOUND = 8
PAGES = "docs://"
DEFINITION = "openapi://openapi.json"
_MARKDOWN, _JSON = "text/markdown", "application/json"
_READS = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)


class BadArguments(Exception):
    """A tool was called with arguments that it does not take; the words are for the caller."""


class Reading:
    def __init__(self, guide: Guide, definition: Callable[[], str]) -> None:
        """`definition` gives the text of the OpenAPI document."""
        self._guide = guide
        self._definition = definition

    def tools(self) -> list[types.Tool]:
        return [
            types.Tool(
                name="list_docs",
                title="List the documentation",
                description="Lists the pages of this image gateway's guide, with what each is about.",
                input_schema={"type": "object", "properties": {}},
                annotations=_READS,
            ),
            types.Tool(
                name="search_docs",
                title="Search the documentation",
                description="Finds the sections of the guide that hold all the given words, best first.",
                input_schema=_one_text("query", "A few words.", longest=LONGEST_QUERY),
                annotations=_READS,
            ),
            types.Tool(
                name="read_doc",
                title="Read a page of the documentation",
                description="Gives one page of the guide as Markdown.",
                input_schema=_one_text("page", "The name of a page as list_docs gives it, such as generate."),
                annotations=_READS,
            ),
        ]

    def call(self, tool: str, arguments: Mapping[str, object]) -> str | None:
        """What the tool says; None when it is none of these.

        Raises:
            BadArguments
        """
        match tool:
            case "list_docs":
                return "\n".join(f"- {page.name}: {page.title}. {page.summary}" for page in self._guide.pages.values())
            case "search_docs":
                return self._found(_text(arguments, "query"))
            case "read_doc":
                return self._page(_text(arguments, "page")).text
        return None

    def _found(self, query: str) -> str:
        found = search(self._guide.pages.values(), query, most=MOST_FOUND)
        if not found:
            return "Nothing was found. Try fewer words, or list_docs."
        return "\n\n".join(_told(section) for section in found)

    def _page(self, name: str) -> Page:
        page = self._guide.pages.get(name.removesuffix(".md"))
        if page is None:
            raise BadArguments(f"There is no page of that name. There are: {', '.join(self._guide.pages)}")
        return page

    def resources(self) -> list[types.Resource]:
        definition = types.Resource(
            uri=DEFINITION, name="openapi.json", title="The definition of the API", mime_type=_JSON
        )
        return [
            definition,
            *(
                types.Resource(
                    uri=PAGES + page.name,
                    name=page.name,
                    title=page.title,
                    description=page.summary,
                    mime_type=_MARKDOWN,
                )
                for page in self._guide.pages.values()
            ),
        ]

    def resource(self, uri: str) -> types.TextResourceContents | None:
        if uri == DEFINITION:
            return types.TextResourceContents(uri=uri, mime_type=_JSON, text=self._definition())
        page = self._guide.pages.get(uri.removeprefix(PAGES)) if uri.startswith(PAGES) else None
        return types.TextResourceContents(uri=uri, mime_type=_MARKDOWN, text=page.text) if page else None


def _one_text(name: str, description: str, longest: int = 100) -> dict[str, object]:
    text = {"type": "string", "description": description, "maxLength": longest}
    return {"type": "object", "properties": {name: text}, "required": [name]}


def _text(arguments: Mapping[str, object], name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadArguments(f"{name} is required, as a text")
    return value.strip()


def _told(section: Section) -> str:
    return f"{section.page.name} > {section.heading}\n{section.text}"
