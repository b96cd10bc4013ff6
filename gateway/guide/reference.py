"""The tables of the guide that are written from the code: every configuration key, every metric.

`python -m gateway.guide.reference` writes them anew after a change of either.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from gateway.config import Config, ModelConfig, Section, TokenConfig, UpstreamSettings
from gateway.metrics import Metrics
from gateway.reloadable import RELOADED
from gateway.upstreams import DRIVER_SETTINGS

DOCS = Path(__file__).parents[1] / "docs"
MARK = "## Reference\n"
"""What follows this heading is written by this module."""
_MIB = 2**20
_BY_NAME: Mapping[str, Mapping[str, type[Section]]] = {
    "auth": {"auth.tokens[]": TokenConfig},
    "models": {"models.<id>": ModelConfig},
    "upstreams": {"upstreams.<name>": UpstreamSettings},
}
"""Sections of which there are as many as the operator likes."""


_EVERYWHERE: Mapping[str, str] = {
    "base_url": "The backend's address.",
    "api_key": "The key that the backend wants; it never reaches a client.",
    "model": "The name that the backend has for the model.",
    "input_formats": "What the backend reads; other pictures are converted here.",
    "max_images": "Input pictures of one edit.",
    "max_n": "Pictures of one call; more are asked for in several.",
}
"""What a key means in whichever driver has it and says nothing more."""


class Key(NamedTuple):
    name: str
    accepts: str
    default: str
    meaning: str


def written() -> Mapping[str, str]:
    """The pages that have such tables, by name, as they ought to be."""
    tables = {"configuration": configuration(), "metrics": metrics()}
    return {name: (DOCS / f"{name}.md").read_text().partition(MARK)[0] + MARK + text for name, text in tables.items()}


def configuration() -> str:
    return "".join(
        f"\n### `{title}`\n\n{_page_of(section)}{_taken(title)}{_table(section)}"
        for title, section in documented_sections().items()
    )


def documented_sections() -> Mapping[str, type[Section]]:
    """Headings and what stands under them, in the order of the file; each section once."""
    found: dict[str, type[Section]] = {}
    for name, field in Config.model_fields.items():
        for section in _sections_in(field.annotation) if name not in _BY_NAME else ():
            found |= _with_parts(name, section)
        found |= _BY_NAME.get(name, {})
    for driver, settings in sorted(DRIVER_SETTINGS.items()):
        found |= _with_parts("upstreams.<name>", settings, f" with driver: {driver}")
    return found


def _with_parts(name: str, section: type[Section], condition: str = "") -> Mapping[str, type[Section]]:
    """A section and those in it, of which several may be of one kind."""
    found = {name + condition: section}
    for key, field in section.model_fields.items():
        for part in _sections_in(field.annotation):
            if part not in found.values():
                found[f"{name}.{key}{condition}"] = part
    return found


def _sections_in(annotation: Any) -> list[type[Section]]:
    return [part for part in _parts(annotation) if inspect.isclass(part) and issubclass(part, Section)]


def keys(section: type[Section]) -> Iterator[Key]:
    """Its keys; of a driver those that are its own, or have another default than with other drivers."""
    words = _words(section)
    common = UpstreamSettings.model_fields if section is not UpstreamSettings else {}
    for name, field in section.model_fields.items():
        if name == "driver" or (name in common and field.get_default() == common[name].get_default()):
            continue
        secret = SecretStr in _parts(field.annotation) and get_origin(field.annotation) is not Mapping
        title = f"`{name}`, `{name}_file`" if secret else f"`{name}`"
        yield Key(title, _accepts(field), _default(field), words.get(name, _EVERYWHERE.get(name, "")))


def metrics() -> str:
    rows = [
        (
            f"`{family.name}{'_total' if family.type == 'counter' else ''}`",
            family.type,
            ", ".join(f"`{label}`" for label in collector._labelnames) or "",  # noqa: SLF001 - told nowhere else
            family.documentation,
        )
        for collector in Metrics().registry._collector_to_names  # noqa: SLF001 - collecting skips what has no series yet
        if isinstance(collector, MetricWrapperBase)  # the process's own are the library's, and as everywhere
        for family in collector.describe()
    ]
    return "\n" + _rows(("metric", "type", "labels", "tells"), rows)


def _page_of(section: type[Section]) -> str:
    drivers = [name for name, settings in DRIVER_SETTINGS.items() if settings is section]
    return "".join(f"[How to use it](backends/{name}.md).\n\n" for name in drivers)


def _taken(title: str) -> str:
    """Which of its keys a running gateway takes; said once for each section of the file."""
    name = title.partition(".")[0]
    if name != title and title not in _BY_NAME.get(name, {}):
        return ""
    keys = RELOADED.get(name, frozenset())
    if keys is None:
        return "Taken while the gateway runs.\n\n"
    if not keys:
        return "A change wants a restart.\n\n"
    return (
        f"Taken while the gateway runs: {', '.join(f'`{key}`' for key in sorted(keys))}; the rest wants a restart.\n\n"
    )


def _table(section: type[Section]) -> str:
    rows = list(keys(section))
    if not rows:
        return "It has no keys of its own.\n"
    return _rows(("key", "takes", "default", "meaning"), rows)


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _accepts(field: FieldInfo) -> str:
    if _validator(field) == "_size":
        return "bytes or a text such as `32MiB`"
    return _type(field.annotation)


def _validator(field: FieldInfo) -> str:
    return next((found.func.__name__ for found in field.metadata if hasattr(found, "func")), "")


def _type(annotation: Any) -> str:
    """In the words of somebody who writes YAML."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if origin is Literal:
        return ", ".join(f"`{_yaml(value)}`" for value in arguments)
    if origin is UnionType or str(origin) == "typing.Union":
        return " or ".join(dict.fromkeys(_type(part) for part in arguments if part is not NoneType))
    if origin in {tuple, frozenset, list}:
        return f"list of {_type(arguments[0])}"
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        return f"mapping of {_type(arguments[0])} to {_type(arguments[1])}"
    return _class(annotation)


def _class(annotation: Any) -> str:
    if hasattr(annotation, "__members__"):
        return ", ".join(f"`{member.value}`" for member in annotation)
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return f"a mapping with {', '.join(f'`{name}`' for name in annotation.model_fields)}"
    return {bool: "`true`, `false`", int: "whole number", float: "number"}.get(annotation, "text")


def _parts(annotation: Any) -> set[Any]:
    arguments = get_args(annotation)
    return {annotation} if not arguments else set().union(*(_parts(part) for part in arguments))


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "required"
    if value is None or isinstance(value, BaseModel):
        return ""
    if _validator(field) == "_size" and isinstance(value, int) and value % _MIB == 0:
        return f"`{value // 2**30}GiB`" if value % 2**30 == 0 else f"`{value // _MIB}MiB`"
    return f"`{_yaml(value)}`"


def _yaml(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_yaml(key)}: {_yaml(part)}' for key, part in value.items())}}}"
    if isinstance(value, frozenset):
        return _yaml(tuple(sorted(value)))
    if isinstance(value, tuple):
        return f"[{', '.join(_yaml(part) for part in value)}]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, str):
        return str(getattr(value, "value", value)) or '""'
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(section: type[Section]) -> Mapping[str, str]:
    """The text under each field of a class and of those that it is made from."""
    found: dict[str, str] = {}
    for part in reversed(section.__mro__):
        if issubclass(part, Section):
            found |= _texts(part)
    return found


def _texts(section: type) -> Iterator[tuple[str, str]]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(section))).body
    statements = definition.body if isinstance(definition, ast.ClassDef) else []
    for field, text in pairwise(statements):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as words)):
                yield name, " ".join(words.split())


def main() -> None:
    for name, text in written().items():
        (DOCS / f"{name}.md").write_text(text)
        sys.stdout.write(f"{name}.md\n")


if __name__ == "__main__":
    main()
