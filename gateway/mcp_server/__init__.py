"""MCP at `/mcp`: the guide and the image operations as tools. Everything here needs the extra `mcp`."""
