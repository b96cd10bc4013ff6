"""Type of the fixture that makes models from sections of a configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from gateway.models import Models

Configured: TypeAlias = Callable[..., Models]
