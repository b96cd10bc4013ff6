"""What every answer to a hostile request has in common."""

from __future__ import annotations

import json

from support.errors import error_in
from support.plain_http import Reply

STREAMS = (b": ", b"event: ")
"""How a stream of events begins."""


def no_fault_of_ours(reply: Reply) -> None:
    """A picture or a refusal in the error shape, and never a 5xx, nor what would have been one inside a stream."""
    assert reply.status < 500, reply
    if reply.body.startswith(STREAMS):
        assert b'"api_error"' not in reply.body, reply
    if reply.status >= 400 and reply.body:
        assert error_in(json.loads(reply.body))["type"] == "invalid_request_error"
