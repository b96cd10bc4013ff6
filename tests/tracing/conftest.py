"""Spans leave ten times as often as in earnest, so that nobody waits a second for them."""

from __future__ import annotations

import pytest
from support.object_stores import needed

needed("opentelemetry.sdk", "test")

from gateway.tracing import export  # noqa: E402 - skipped without the extra


@pytest.fixture(autouse=True)
def every(monkeypatch: pytest.MonkeyPatch) -> float:
    """Seconds between two exports."""
    monkeypatch.setattr(export, "EVERY", 0.1)
    return export.EVERY
