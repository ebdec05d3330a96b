// docs/operations.md names every figure of /metrics, with what the server says of it. With WRITE=1 it is rewritten.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { startServer, type TestServer } from "../support/harness.ts";

const PAGE = join(import.meta.dir, "../../docs/operations.md");
const TABLE = /<!-- generated: metrics -->\n[\s\S]*?<!-- end -->/;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({}, undefined, { nodeId: crypto.randomUUID(), cluster: { others: () => 0 } });
});
afterAll(() => server.close());

async function tableOfMetrics() {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const rows = text.matchAll(/^# HELP (\S+) (.+)\n# TYPE \1 (\S+)$/gm);
  return [
    "| metric | type | |",
    "| --- | --- | --- |",
    ...rows.map(([, name, help, type]) => `| \`${name}\` | ${type} | ${help} |`),
  ].join("\n");
}

test("the table of metrics in docs/operations.md is that of a server among several", async () => {
  const page = await Bun.file(PAGE).text();
  expect(page).toMatch(TABLE);
  const table = `<!-- generated: metrics -->\n\n${await tableOfMetrics()}\n\n<!-- end -->`;
  const written = page.replace(TABLE, () => table);
  if (process.env.WRITE) await Bun.write(PAGE, written);
  else expect(written).toBe(page);
});
