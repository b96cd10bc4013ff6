"""Headers beyond those that HTTP itself explains, each described once."""

from __future__ import annotations

from gateway.handlers.rendering import REPLAYED
from gateway.middleware.idempotency import HEADER as IDEMPOTENCY_KEY
from gateway.middleware.request_id import HEADER as REQUEST_ID
from gateway.openapi.node import Node, component
from gateway.trace import HEADER as TRACE_PARENT

_TEXT = {"type": "string"}
_SECONDS = {"type": "integer", "minimum": 0}
_COUNT = {"type": "integer", "minimum": 0}
_SPAN = {"type": "string", "pattern": r"^(\d+h)?(\d+m)?(\d+(\.\d)?s)?(\d+ms)?$"}


def _header(description: str, schema: Node, example: object) -> Node:
    return {"description": description, "schema": schema, "example": example}


_LIMITED = {
    "requests": ("requests that this token may make a minute", 60, 59, "1s"),
    "images": ("images that this token may have made within a day", 100, 96, "23h59m0s"),
}


def _limit_headers() -> dict[str, Node]:
    found: dict[str, Node] = {}
    for what, (words, limit, remaining, reset) in _LIMITED.items():
        found[f"X-RateLimit-Limit-{what.title()}"] = _header(f"The {words}; only where that is limited.", _COUNT, limit)
        found[f"X-RateLimit-Remaining-{what.title()}"] = _header(
            f"How many are left of the {words}.", _COUNT, remaining
        )
        found[f"X-RateLimit-Reset-{what.title()}"] = _header(
            f"Time until all of the {words} are there again.", _SPAN, reset
        )
    return found


LIMIT_HEADERS = _limit_headers()

RESPONSE_HEADERS: dict[str, Node] = {
    REQUEST_ID: _header(
        "Name of this request in the logs of the gateway and of the backends: the client's own, where it sent one.",
        _TEXT,
        "5f1d7a0c2b9e4c3f8a6d1e0b7c9f2a34",
    ),
    TRACE_PARENT: _header(
        "The gateway's own part (W3C Trace Context) in the trace that the request named, or in a new one.",
        _TEXT,
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ),
    "X-Cache": _header(
        "`HIT`: a kept answer. `COALESCED`: the answer to an equal request that was under way already. `MISS`: made"
        " for this request. `BYPASS`: answers to such requests are not kept.",
        {"type": "string", "enum": ["HIT", "MISS", "COALESCED", "BYPASS"]},
        "MISS",
    ),
    "Age": _header("Seconds since a kept answer was made; on a `HIT` only.", _SECONDS, 42),
    "X-Upstream": _header("Configured name of the backend that made the pictures.", _TEXT, "local"),
    "X-Upstream-Attempts": _header(
        "How often a backend was asked for this, on failures too.", {"type": "integer", "minimum": 0}, 1
    ),
    REPLAYED: _header(
        f"The answer was kept under this `{IDEMPOTENCY_KEY}`.", {"type": "string", "enum": ["true"]}, "true"
    ),
    "Retry-After": _header("Seconds after which to try again.", {"type": "integer", "minimum": 1, "maximum": 120}, 5),
    "X-Should-Retry": _header(
        "`false` once a backend was asked: the gateway has retried where that was safe, and another attempt may be"
        " billed again.",
        {"type": "string", "enum": ["false"]},
        "false",
    ),
    **LIMIT_HEADERS,
    "WWW-Authenticate": _header("The scheme that is asked for.", _TEXT, "Bearer"),
    "Allow": _header("The methods that the address takes.", _TEXT, "GET, POST"),
    "ETag": _header("Strong entity tag of the picture. Its bytes never change.", _TEXT, '"ghkz4vx2q7mrd5n3twb6yea2fc"'),
    "Last-Modified": _header("When the picture was made.", _TEXT, "Mon, 24 Nov 2025 13:07:08 GMT"),
    "Cache-Control": _header(
        "How long the picture may be kept: no longer than it lives here.", _TEXT, "public, max-age=86400, immutable"
    ),
    "Accept-Ranges": _header("Parts of a picture may be asked for.", _TEXT, "bytes"),
    "Content-Range": _header(
        "Which bytes these are, of how many; `*` in place of the first when there are none.", _TEXT, "bytes 0-99/48213"
    ),
    "Content-Disposition": _header(
        "Shown in place, and saved under its own name.", _TEXT, 'inline; filename="picture.png"'
    ),
}


def _parameter(name: str, description: str, schema: Node, example: str) -> Node:
    """The example stands in the words: tools that import a definition send each `example` with every request.

    A key that they all share is refused at the second, and a range or an entity tag gives half a picture or none.
    """
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": f"{description} Such as `{example}`.",
        "schema": schema,
    }


REQUEST_HEADERS: dict[str, Node] = {
    "RequestId": _parameter(
        REQUEST_ID,
        "A name for this request, up to 128 letters, digits, dots, dashes and underscores. It is returned and"
        " handed on. Without it, or with one that looks otherwise, the gateway makes its own.",
        _TEXT,
        "checkout-7f3a",
    ),
    "IdempotencyKey": _parameter(
        IDEMPOTENCY_KEY,
        "A name for the work. The same request under the same key gets the same answer for a day, also while the first"
        " is under way and after a lost connection; nothing is made or billed twice. Only successes are kept: after a"
        " failure the key is free again. Another request under a used key is refused.",
        {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        "order-4711-cover",
    ),
    "FreshAnswer": _parameter(
        "Cache-Control",
        "`no-cache` or `no-store` asks for a new picture where an answer may have been kept.",
        _TEXT,
        "no-cache",
    ),
    "IfNoneMatch": _parameter(
        "If-None-Match",
        "Entity tags of what is here already; with the right one the answer is 304.",
        _TEXT,
        '"ghkz4vx2q7mrd5n3twb6yea2fc"',
    ),
    "IfModifiedSince": _parameter(
        "If-Modified-Since", "Only looked at without `If-None-Match`.", _TEXT, "Mon, 24 Nov 2025 13:07:08 GMT"
    ),
    "Range": _parameter(
        "Range", "One range of bytes. Several at once are answered with the whole picture.", _TEXT, "bytes=0-99"
    ),
    "IfRange": _parameter(
        "If-Range",
        "Entity tag or date of the part that is here already; if it is another picture's, the whole is sent.",
        _TEXT,
        '"ghkz4vx2q7mrd5n3twb6yea2fc"',
    ),
}


def response_headers(*names: str) -> dict[str, Node]:
    """References; every answer carries the request's name and its place in a trace."""
    return {name: component("headers", name) for name in (REQUEST_ID, TRACE_PARENT, *names)}


def request_headers(*names: str) -> list[Node]:
    """References, by the names of the components."""
    return [component("parameters", name) for name in names]
