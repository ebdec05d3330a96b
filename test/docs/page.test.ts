// The page /docs: it loads what it needs from this server alone, and hands out nothing else.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

test("the page and all it loads come from this server, under a policy that allows nothing else", async () => {
  const page = await server.call("GET", "/docs");
  expect(page.body).toContain("<title>Realtime chat API</title>");
  expect(page.headers.get("content-type")).toStartWith("text/html");
  const policy = page.headers.get("content-security-policy")!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self'");
  expect(policy).not.toContain("unsafe");
  const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, href]) => new URL(href!, "http://localhost/docs").pathname,
  );
  expect(loaded.length).toBe(4);
  for (const address of loaded) {
    const { status, headers } = await server.call("GET", address);
    expect([address, status]).toEqual([address, 200]);
    expect(headers.get("content-security-policy")).toBe(policy);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("public, max-age=3600");
  }
});

test("nothing beside the page's own files can be had", async () => {
  for (const address of [
    "/docs/nothing.js",
    "/docs/index.ts",
    "/docs/package.json",
    "/docs/swagger-ui.css.map",
    "/docs/..%2f..%2fpackage.json",
    "/docs/%2e%2e/app.ts",
    "/docs/..%5c..%5cpackage.json",
    "/docs/init.js%00.css",
  ]) {
    const { status, body } = await server.call("GET", address);
    expect([address, status, body.code]).toEqual([address, 404, "not_found"]);
  }
});
