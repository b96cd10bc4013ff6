"""The guide says all: every key, every metric, every error, every header."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from gateway.config import Config
from gateway.errors import GatewayError
from gateway.guide.pages import guide
from gateway.guide.reference import documented_sections, keys, written
from gateway.metrics import Metrics
from gateway.middleware.cors import EXPOSED
from gateway.upstreams import DRIVER_SETTINGS

ROOT = Path(__file__).parents[2]
ERRORS = guide().pages["errors-and-retrying"].text


@pytest.mark.parametrize("name", ["configuration", "metrics"])
def test_the_tables_are_those_of_the_code(name: str) -> None:
    """Otherwise: python -m gateway.guide.reference."""
    assert guide().pages[name].text == written()[name]


@pytest.mark.parametrize("title", [title for title in documented_sections() if "driver" not in title])
def test_every_key_has_a_meaning(title: str) -> None:
    assert [key.name for key in keys(documented_sections()[title]) if not key.meaning] == []


def test_every_section_and_driver_is_there() -> None:
    titles = " ".join(documented_sections())

    assert [name for name in Config.model_fields if name not in titles] == []
    assert [name for name in DRIVER_SETTINGS if f"driver: {name}" not in titles] == []


def test_every_metric_is_there() -> None:
    page = guide().pages["metrics"].text

    names = {family.name for family in Metrics().registry.collect() if family.name.startswith("gateway_")}
    assert {name for name in names if name not in page} == set()


def kinds(error: type[GatewayError] = GatewayError) -> Iterator[type[GatewayError]]:
    for kind in error.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_error_is_there() -> None:
    missing = [kind for kind in kinds() if f"| {kind.status} | `{kind.type}` |" not in ERRORS]

    assert missing == []


def test_every_error_code_is_there() -> None:
    texts = [path.read_text() for path in (ROOT / "gateway").rglob("*.py")]
    trees = [ast.parse(text) for text in texts if "code=" in text]
    codes = {
        node.value.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant)
        if isinstance(node.value.value, str)
    }

    assert "model_not_found" in codes
    assert {code for code in codes if f"| `{code}` |" not in ERRORS} == set()


def test_every_header_that_browsers_may_read_is_explained() -> None:
    whole = "\n".join(page.text for page in guide().pages.values()).lower()

    assert [name for name in EXPOSED if name.lower() not in whole] == []


def blocks(language: str) -> Iterator[tuple[str, str]]:
    for page in guide().pages.values():
        for part in page.text.split(f"\n```{language}\n")[1:]:
            yield page.name, part.partition("\n```")[0]


def key_paths(document: object, prefix: str = "") -> Iterator[str]:
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield f"{prefix}{key}"
            yield from key_paths(value, f"{prefix}{key}.")


def test_every_example_of_a_configuration_names_keys_that_exist() -> None:
    """Whole sections are checked by name; what they hold may be a part of a whole."""
    found = [(page, yaml.safe_load(text)) for page, text in blocks("yaml")]
    ours = [(page, document) for page, document in found if set(document) & set(Config.model_fields)]

    assert len(ours) > 5
    for page, document in ours:
        for path in key_paths(document):
            section, _, key = path.partition(".")
            assert section in Config.model_fields, (page, path)
            if section not in {"models", "upstreams", "auth"} and key and "." not in key:
                fields = documented_sections()[section].model_fields
                assert key.removesuffix("_file") in fields, (page, path)
