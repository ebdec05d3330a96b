// What attackers try below the calls: methods that echo, requests that two parsers would cut differently, types left to be guessed.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { startServer, type TestServer } from "../support/harness.ts";
import { sendByHand, statusOf } from "../support/raw-http.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

test("TRACE and CONNECT are refused, and nothing of the request comes back", async () => {
  for (const method of ["TRACE", "CONNECT"]) {
    const answer = await sendByHand(
      server.url,
      `${method} /me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a-private-token\r\nConnection: close\r\n\r\n`,
    );
    expect([method, Math.floor(statusOf(answer) / 100)]).toEqual([method, 4]);
    expect(answer).not.toContain("private-token");
  }
});

test.each([
  ["two lengths", "Content-Length: 4\r\nContent-Length: 40\r\n\r\n{}{}"],
  ["a length that is none", "Content-Length: 4x\r\n\r\n{}{}"],
  ["a negative length", "Content-Length: -4\r\n\r\n{}{}"],
  ["chunks beside a length", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["chunks in another coding", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"],
])("a request with %s begins no second one", async (_what, rest) => {
  const smuggled = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const answer = await sendByHand(
    server.url,
    `POST /groups HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${rest}${smuggled}`,
  );
  const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  expect(statuses.map((status) => Math.floor(status / 100))).toEqual([4]);
});

test("every response with a body has a type, and text that is no JSON says UTF-8", async () => {
  for (const path of ["/health", "/openapi.json", "/asyncapi.json", "/metrics", "/docs", "/docs/socket", "/nothing"]) {
    const response = await fetch(server.url + path, { headers: { accept: "text/html" } });
    const type = response.headers.get("content-type") ?? "";
    await response.body?.cancel();
    expect([path, type]).toEqual([path, expect.stringMatching(/^application\/json|^text\/\w+;.*charset=utf-8/i)]);
    expect([path, response.headers.get("x-content-type-options")]).toEqual([path, "nosniff"]);
  }
});
