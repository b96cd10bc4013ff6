"""A driver is one file, one row, one page, one test, and an example: nothing of it may be forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.upstreams import DRIVERS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_driver_has_its_page(driver: str) -> None:
    page = ROOT / "gateway" / "docs" / "backends" / f"{driver}.md"
    assert page.read_text().startswith("# ")


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_driver_stands_in_the_readme(driver: str) -> None:
    assert f"| `{driver}` |" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_driver_stands_in_the_example(driver: str) -> None:
    assert f"driver: {driver}" in (ROOT / "gateway.yaml").read_text()


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_driver_has_its_tests(driver: str) -> None:
    assert list((ROOT / "tests" / "upstreams").glob(f"test_{driver}*.py"))


@pytest.mark.parametrize("driver", DRIVERS)
def test_every_key_of_a_driver_is_documented(driver: str) -> None:
    page = (ROOT / "gateway" / "docs" / "backends" / f"{driver}.md").read_text()
    own = set(DRIVERS[driver].settings.model_fields) - {"driver"}
    shared = {"timeout", "concurrency", "queue", "on_disconnect", "retry_ambiguous"}
    assert {name for name in own - shared if f"`{name}`" not in page and f"`{name}_file`" not in page} == set()
