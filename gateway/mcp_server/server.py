"""The protocol itself, by the official SDK: one server without sessions, so any gateway may answer any message."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError

from gateway import __version__
from gateway.mcp_server.bridge import REQUEST, answer
from gateway.mcp_server.picturing import Picturing, failure
from gateway.mcp_server.reading import BadArguments, Reading

_INSTRUCTIONS = (
    "Makes, edits and upscales images, and documents the HTTP API that does the same."
    " To work on an image that was made here, hand its URL to the next tool."
)
_log = logging.getLogger("gateway.mcp")
logging.getLogger("mcp").setLevel(logging.WARNING)  # at info the SDK tells of every message, which the access log does


class McpServer:
    def __init__(self, reading: Reading, picturing: Picturing, *, largest: int) -> None:
        """`largest`: bytes of one message."""
        self._reading = reading
        self._picturing = picturing
        server = Server[Any](
            "nano-banana-gateway",
            version=__version__,
            title="Nano Banana Gateway",
            instructions=_INSTRUCTIONS,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_resources=self._list_resources,
            on_read_resource=self._read_resource,
        )
        self._manager = StreamableHTTPSessionManager(
            server,
            stateless=True,
            json_response=True,
            # The links in front of this have settled who may call, browsers' origins included.
            security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
            max_request_body_size=largest,
        )

    async def handle(self, request: web.Request, body: bytes) -> web.StreamResponse:
        """Answer one message, inside `running`."""
        return await answer(self._manager.handle_request, request, body)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Lives in one task of its own: the SDK's task group must be left by whoever has entered it."""
        ready, stop = asyncio.Event(), asyncio.Event()
        owner, begun = asyncio.create_task(self._run(ready, stop)), asyncio.create_task(ready.wait())
        try:
            await asyncio.wait([owner, begun], return_when=asyncio.FIRST_COMPLETED)
            yield
        finally:
            begun.cancel()
            stop.set()
            await owner

    async def _run(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        async with self._manager.run():
            ready.set()
            await stop.wait()

    async def _list_tools(self, _: Any, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[*self._reading.tools(), *self._picturing.tools()])

    async def _call_tool(self, context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            return await self._called(context.request.scope[REQUEST], params.name, params.arguments or {})
        except BadArguments as error:
            return failure(str(error))
        except Exception:  # noqa: BLE001 - the SDK would hand the exception's text to the caller
            _log.exception("a tool failed unexpectedly")
            return failure("Internal server error")

    async def _called(self, request: web.Request, tool: str, arguments: dict[str, Any]) -> types.CallToolResult:
        words = await asyncio.to_thread(self._reading.call, tool, arguments)
        if words is not None:
            return types.CallToolResult(content=[types.TextContent(type="text", text=words)])
        made = await self._picturing.call(request, tool, arguments)
        return made or failure("There is no such tool. Ask for the list of tools")

    async def _list_resources(self, _: Any, __: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=self._reading.resources())

    async def _read_resource(self, _: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        found = await asyncio.to_thread(self._reading.resource, str(params.uri))
        if found is None:
            raise MCPError(types.INVALID_PARAMS, "There is no such resource")
        return types.ReadResourceResult(contents=[found])
