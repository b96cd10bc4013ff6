"""The error object, which every failure is answered with."""

from __future__ import annotations

from typing import Any

KEYS = {"message", "type", "param", "code"}


def error_in(body: Any) -> dict[str, str | None]:
    """The object under `error`, whose shape is checked: all four keys, nothing beside them."""
    assert set(body) == {"error"}, body
    error = body["error"]
    assert set(error) == KEYS, body
    assert isinstance(error["message"], str)
    assert error["message"]
    assert error["type"] in {"invalid_request_error", "rate_limit_error", "api_error"}
    assert all(isinstance(error[key], str | None) for key in ("param", "code"))
    return dict(error)
