"""Types of the fixture that mounts links alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestClient

Client: TypeAlias = TestClient[web.Request, web.Application]
Mount: TypeAlias = Callable[..., Coroutine[Any, Any, Client]]
