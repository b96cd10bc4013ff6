"""What the operator is warned of, and what not (U5, U7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.config_file import Loaded, load_with_sources, parse
from gateway.exposure import warnings
from gateway.upstreams import DRIVER_SETTINGS

PUBLIC = {"server": {"host": "0.0.0.0"}}  # noqa: S104 - read, not bound
CLOSED = {"auth": {"tokens": [{"name": "web", "token": "web-token"}]}}
PAID = {
    "upstreams": {
        "local": {"driver": "local"},
        "paid": {"driver": "openai", "base_url": "https://api.example.com", "model": "m"},
    }
}
LISTED = {"cors": {"origins": ["https://app.example.com"]}}


def warned(document: dict[str, Any]) -> list[str]:
    return warnings(parse(document, DRIVER_SETTINGS, {}), ())


@pytest.mark.parametrize("document", [{}, {**PUBLIC, **CLOSED}, {**PAID, **CLOSED}, {**PAID, **LISTED}])
def test_what_is_not_exposed_is_not_warned_of(document: dict[str, Any]) -> None:
    assert warned(document) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_may_be_open(host: str) -> None:
    assert warned({"server": {"host": host}}) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "gateway.internal", ""])  # noqa: S104 - read, not bound
def test_an_open_gateway_that_others_reach_is_one_warning(host: str) -> None:
    assert len(warned({"server": {"host": host}})) == 1


@pytest.mark.parametrize("document", [PAID, {**PAID, **PUBLIC}])
def test_open_to_every_page_with_a_paid_backend_is_one_warning_that_names_it(document: dict[str, Any]) -> None:
    (warning,) = warned(document)

    assert "spend money on paid" in warning
    assert "auth.tokens" in warning
    assert "cors.origins" in warning


@pytest.mark.parametrize(("mode", "count"), [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1), (0o644, 1), (0o620, 0)])
def test_a_secret_that_others_may_read_is_named_by_its_key(tmp_path: Path, mode: int, count: int) -> None:
    config, sources = with_secret(tmp_path, mode)

    found = warnings(config, sources)

    assert len(found) == count
    assert all(text.startswith("auth.tokens[0].token_file: ") and f"mode {mode:o}" in text for text in found)


def with_secret(folder: Path, mode: int) -> Loaded:
    secret, file = folder / "token", folder / "gateway.yaml"
    secret.write_text("web-token\n")
    secret.chmod(mode)
    file.write_text(f"auth: {{tokens: [{{name: web, token_file: {secret}}}]}}\n")
    file.chmod(0o644)  # holds no secret itself
    return load_with_sources(file, DRIVER_SETTINGS, {})
