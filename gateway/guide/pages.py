"""The pages of the guide, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

ORDER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Begin": ("getting-started", "endpoints-and-models", "studio", "command-line", "use-cases", "clients", "mcp"),
        "Ask": (
            "generate",
            "edit",
            "upscale",
            "image-inputs",
            "sizes-and-ratios",
            "response-formats",
            "streaming",
            "errors-and-retrying",
        ),
        "Run": (
            "configuration",
            "authentication",
            "security",
            "deploying",
            "operating",
            "metrics",
            "tracing",
            "performance",
        ),
        "When in doubt": ("troubleshooting", "faq"),
        "Backends": (),  # one page a driver
    }
)
_BACKENDS = "backends/"
_OTHERS = "More"


@dataclass(frozen=True)
class Page:
    """`name` is the path below `gateway/docs` without its ending, such as `backends/openai`."""

    name: str
    text: str

    @cached_property
    def title(self) -> str:
        return self.text.partition("\n")[0].removeprefix("#").strip()

    @cached_property
    def summary(self) -> str:
        """The first sentence."""
        paragraph = self.text.split("\n\n", 2)[1]
        return f"{' '.join(paragraph.split()).partition('. ')[0].rstrip('.:')}."


class Guide:
    """All pages, read once. A page that no group lists stands in the last, so that adding one is adding a file."""

    def __init__(self) -> None:
        found = {page.name: page for page in _read(files("gateway").joinpath("docs"))}
        groups = {
            title: [found.pop(name) for name in names if name in found] for title, names in ORDER.items() if names
        }
        groups["Backends"] = [found.pop(name) for name in sorted(found) if name.startswith(_BACKENDS)]
        groups[_OTHERS] = [found[name] for name in sorted(found)]
        self.groups: Mapping[str, list[Page]] = {title: pages for title, pages in groups.items() if pages}
        self.pages: Mapping[str, Page] = {page.name: page for pages in groups.values() for page in pages}


@cache
def guide() -> Guide:
    """The one that is shipped, which does not change while the process runs."""
    return Guide()


def _read(folder: Traversable, prefix: str = "") -> Iterator[Page]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _read(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".md"):
            yield Page(prefix + entry.name.removesuffix(".md"), entry.read_text(encoding="utf-8"))
