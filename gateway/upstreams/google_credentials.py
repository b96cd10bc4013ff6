"""Access tokens by way of Google's own library: from a service account's key, or from where the process runs.

Imported only where an upstream needs it: the library is an extra, and takes a while to load.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from google.auth import default
from google.auth.credentials import Credentials
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, TransportError
from google.auth.transport.requests import Request
from google.oauth2 import credentials as user
from google.oauth2 import service_account

from gateway.upstreams.base import NotSent, Rejected, UpstreamError
from gateway.upstreams.google_errors import code
from gateway.upstreams.google_tokens import AccessToken

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
ANSWER_WITHIN = 8.0
"""Seconds for one answer of a token endpoint. The library tries three times, all within what callers wait."""

_KINDS: Mapping[str, Callable[..., Credentials]] = {
    "service_account": service_account.Credentials.from_service_account_info,
    "authorized_user": user.Credentials.from_authorized_user_info,
}


def from_key(text: str) -> Callable[[], AccessToken]:
    """Tokens for the account whose key, a JSON file of Google's, is `text`.

    Raises:
        ValueError: it is none. The message holds nothing of it.
    """
    try:
        key = json.loads(text)
        load = _KINDS[key["type"]]
        found = load(key, scopes=SCOPES)
    except (ValueError, KeyError, TypeError, AttributeError, GoogleAuthError):
        kinds = " or ".join(_KINDS)
        raise ValueError(f"not a credentials file of Google's of the type {kinds}") from None
    return _Fetch(lambda: found)


def from_environment() -> Callable[[], AccessToken]:
    """Tokens for what Google calls the application default credentials; they are looked for when first needed."""
    return _Fetch(lambda: default(scopes=SCOPES)[0])


class _Fetch:
    """One new token a call. Blocks, and raises as `google_tokens.Credentials` says."""

    def __init__(self, find: Callable[[], Credentials]) -> None:
        self._find = find
        self._found: Credentials | None = None

    def __call__(self) -> AccessToken:
        try:
            if self._found is None:
                self._found = self._find()
            self._found.refresh(_Request())  # type: ignore[no-untyped-call]  # the library has no types
        except GoogleAuthError as error:
            raise _outcome(error) from error
        except (LookupError, TypeError, ValueError) as error:  # what the library raises on answers that are no token
            raise NotSent("no access token in the answer") from error
        return _token(self._found)


class _Request(Request):
    """The library's transport waits two minutes; calls do not."""

    def __call__(self, url: str, *args: Any, timeout: float | None = None, **others: Any) -> Any:
        others["timeout"] = timeout or ANSWER_WITHIN
        return super().__call__(url, *args, **others)  # type: ignore[no-untyped-call]  # likewise


def _token(found: Credentials) -> AccessToken:
    headers: dict[str, str] = {}
    found.apply(headers)  # type: ignore[no-untyped-call]  # likewise; adds the credentials' quota project
    expires = found.expiry.replace(tzinfo=UTC).timestamp() if found.expiry is not None else math.inf
    return AccessToken(headers, expires)


def _outcome(error: GoogleAuthError) -> UpstreamError:
    if isinstance(error, DefaultCredentialsError):
        return Rejected("no application default credentials")
    if isinstance(error, TransportError) or isinstance(error.__cause__, TransportError) or error.retryable:
        return NotSent(f"no access token: {type(error).__name__}")
    return Rejected(f"no access token: {_said(error)}")


def _said(error: GoogleAuthError) -> str:
    """The token endpoint's short code, such as invalid_grant; its sentences may hold anything."""
    match error.args:
        case [_, {"error": str(said)}, *_]:
            return code(said) or type(error).__name__
        case _:
            return type(error).__name__
