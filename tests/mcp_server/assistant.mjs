// What an assistant does by the official TypeScript client; prints what it saw as JSON.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [address, token] = process.argv.slice(2);
const headers = token ? { Authorization: `Bearer ${token}` } : {};
const transport = new StreamableHTTPClientTransport(new URL(`${address}/mcp`), { requestInit: { headers } });
const client = new Client({ name: "test", version: "1" });

try {
  await client.connect(transport);
  const { tools } = await client.listTools();
  const { resources } = await client.listResources();
  const page = await client.readResource({ uri: "docs://edit" });
  const found = await client.callTool({ name: "search_docs", arguments: { query: "mask" } });
  const made = await client.callTool({ name: "generate_image", arguments: { prompt: "A red bicycle", n: 2 } });
  const [{ url }] = made.structuredContent.images;
  const enlarged = await client.callTool({ name: "upscale_image", arguments: { image: url } });
  const refused = await client.callTool({ name: "edit_image", arguments: { prompt: "x", image: "no picture" } });
  console.log(JSON.stringify({
    protocol: transport.protocolVersion,
    tools: tools.map((tool) => tool.name),
    resources: resources.map((resource) => resource.uri),
    page: page.contents[0].text,
    found: found.content[0].text,
    made: made.content.map((part) => part.type),
    weights: made.content.filter((part) => part.type === "image").map((part) => part.data.length),
    enlarged: enlarged.structuredContent.images[0].url,
    refused: [refused.isError, refused.content[0].text],
  }));
  await client.close();
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}
