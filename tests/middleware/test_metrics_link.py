"""Every request is counted with what became of it."""

from __future__ import annotations

import logging

import pytest
from aiohttp import ClientPayloadError, web
from support.links import Mount

from gateway.errors import Unavailable
from gateway.metrics import Metrics
from gateway.middleware.access_log import access_log
from gateway.middleware.errors import errors
from gateway.middleware.metrics import count
from gateway.origin import Origin


async def fail_halfway(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_length = 100
    await response.prepare(request)
    await response.write(b"half")
    raise Unavailable("The image store is down")


async def test_an_answer_that_fails_halfway_is_not_blamed_on_its_client(
    mount: Mount, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    metrics = Metrics()
    client = await mount(count(metrics), access_log(Origin(None)), errors(metrics), handler=fail_halfway)

    try:
        async with client.get("/") as response:
            await response.read()
    except ClientPayloadError:
        pass  # which is all that the client is told

    labels = {"route": "/{path}", "method": "GET", "status": "503"}
    assert metrics.registry.get_sample_value("gateway_http_requests_total", labels) == 1
    (line,) = [record for record in caplog.records if record.name == "gateway.access"]
    assert line.__dict__["fields"]["status"] == 503
