// What proxies write into the headers of a request: hosts, origins, encodings and the protocol, as the RFCs have them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startServer, type TestServer } from "../support/harness.ts";
import { sendByHand, statusOf } from "../support/raw-http.ts";

let server: TestServer;
let listed: TestServer;
let proxied: TestServer;
beforeAll(async () => {
  server = await startServer();
  listed = await startServer({ corsOrigins: ["https://app.example.org"] }, server.target);
  proxied = await startServer({ trustProxy: 1 }, server.target);
});
afterAll(() => Promise.all([listed, proxied, server].map((one) => one.close())));

const request = (line: string, ...headers: string[]) => `${[line, ...headers].join("\r\n")}\r\n\r\n`;
const close = "Connection: close";

describe("a request", () => {
  test.each<string[]>([
    ["two Host headers", "Host: chat.example.org", "Host: chat.example.org"],
    ["two different ones", "Host: chat.example.org", "Host: other.example.org"],
    ["one Host header that names two", "Host: chat.example.org, other.example.org"],
    ["a path in it", "Host: chat.example.org/x"],
    ["a user in it", "Host: admin@chat.example.org"],
    ["a query in it", "Host: a?b"],
    ["a space in it", "Host: a b"],
    ["a port that is none", "Host: chat.example.org:http"],
    ["brackets that never close", "Host: [::1"],
  ])("with %s is refused", async (_what, ...hosts) => {
    for (const line of ["GET /health HTTP/1.1", "GET /ws HTTP/1.1", "GET /nothing HTTP/1.1", "GET /health HTTP/1.0"]) {
      expect(statusOf(await sendByHand(server.url, request(line, ...hosts, close)))).toBe(400);
    }
  });

  test.each([
    "chat.example.org",
    "chat.example.org:443",
    "CHAT.example.org.",
    "192.0.2.1:80",
    "[2001:db8::1]:443",
    "[fe80::1%25eth0]:8000",
    "x_y",
  ])("with the Host %p is served", async (host) => {
    const answer = await sendByHand(server.url, request("GET /health HTTP/1.1", `Host: ${host}`, close));
    expect(statusOf(answer)).toBe(200);
  });

  test("of HTTP/1.0 without a Host is answered like any other", async () => {
    const statuses: Record<string, number> = {};
    for (const path of [
      "/health",
      "/",
      "/me",
      "/nothing",
      "/users?query=a",
      "/ws",
      "/ws/groups/1",
      "/docs",
      "/metrics",
    ])
      statuses[path] = statusOf(await sendByHand(server.url, request(`GET ${path} HTTP/1.0`)));
    expect(statuses).toEqual({
      "/health": 200,
      "/": 200,
      "/me": 401,
      "/nothing": 404,
      "/users?query=a": 401,
      "/ws": 400,
      "/ws/groups/1": 400,
      "/docs": 200,
      "/metrics": 200,
    });
  });

  test("of HTTP/1.1 without a Host is refused", async () => {
    expect(statusOf(await sendByHand(server.url, request("GET /health HTTP/1.1", close)))).toBe(400);
  });
});

describe("a handshake", () => {
  const handshake = (to: TestServer, host: string, origin?: string) =>
    new Promise<string>((resolve) => {
      const { hostname, port } = new URL(to.url);
      let heard = "";
      void Bun.connect({
        hostname,
        port: Number(port),
        socket: {
          open: (socket) =>
            void socket.write(
              request(
                "GET /ws?token=none HTTP/1.1",
                `Host: ${host}`,
                ...(origin === undefined ? [] : [`Origin: ${origin}`]),
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
              ),
            ),
          data: (socket, data) => {
            heard += data.toString("latin1");
            // The reason of the close frame.
            const reason = /forbidden|unauthorized/.exec(heard)?.[0];
            if (reason) {
              resolve(reason);
              socket.end();
            }
          },
          close: () => resolve(heard),
        },
      });
    });

  test.each<[string, string | undefined]>([
    ["chat.example.org:443", "https://chat.example.org"],
    ["chat.example.org:80", "http://chat.example.org"],
    ["chat.example.org", "https://chat.example.org"],
    ["chat.example.org", "https://chat.example.org:443"],
    ["CHAT.Example.org:443", "https://chat.example.org"],
    ["chat.example.org:8443", "https://chat.example.org:8443"],
    ["[2001:DB8::1]:443", "https://[2001:db8::1]"],
    ["192.0.2.1:8000", "http://192.0.2.1:8000"],
    ["chat.example.org", undefined],
  ])("at %p from %p is of the server's own origin", async (host, origin) => {
    expect(await handshake(server, host, origin)).toBe("unauthorized");
  });

  test.each<[string, string]>([
    ["chat.example.org", "https://evil.example"],
    ["chat.example.org:443", "http://chat.example.org"],
    ["chat.example.org:80", "https://chat.example.org"],
    ["chat.example.org", "https://chat.example.org:8443"],
    ["chat.example.org", "https://chat.example.org.evil.example"],
    ["chat.example.org", "https://chat.example.org@evil.example"],
    ["chat.example.org", "https://evil.example/chat.example.org"],
    ["chat.example.org", "https://chat.example.org/"],
    ["chat.example.org", "https://chat.example.org, https://chat.example.org"],
    ["chat.example.org", "chrome-extension://chat.example.org"],
    ["chat.example.org", "chat.example.org"],
    ["chat.example.org", "null"],
  ])("at %p from %p is foreign", async (host, origin) => {
    expect(await handshake(server, host, origin)).toBe("forbidden");
  });

  test("from a listed origin is taken, however the origin is spelled", async () => {
    for (const origin of ["https://app.example.org", "https://app.example.org:443", "https://APP.example.org"])
      expect(await handshake(listed, "chat.example.org", origin)).toBe("unauthorized");
    expect(await handshake(listed, "chat.example.org", "http://app.example.org")).toBe("forbidden");
  });
});

describe("Accept-Encoding", () => {
  test.each<[string | null, string | null]>([
    ["gzip, deflate, br", "br"],
    ["br;q=0.1, gzip;q=0.9", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["br;q=0, gzip;q=0", null],
    ["*", "br"],
    ["*;q=0.5, gzip", "gzip"],
    ["br;q=0, *", "gzip"],
    ["identity, br;q=0.5", null],
    ["GZIP", "gzip"],
    ["x-br, not-gzip", null],
    ["", null],
    ["br;q=nonsense", null],
  ])("%p gets %p", async (accepted, encoding) => {
    const answer = await sendByHand(
      server.url,
      request("GET / HTTP/1.1", "Host: x", `Accept-Encoding: ${accepted}`, close),
    );
    expect(statusOf(answer)).toBe(200);
    expect(/^content-encoding: (\S+)/im.exec(answer)?.[1] ?? null).toBe(encoding);
    expect(answer).toMatch(/^vary: accept-encoding/im);
  });
});

describe("every answer", () => {
  const paths = ["/health", "/me", "/nothing", "/", "/docs", "/openapi.json"];

  test("keeps other sites' windows, embeds and devices away", async () => {
    for (const path of paths) {
      const { headers } = await fetch(server.url + path);
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("permissions-policy")).toContain("camera=()");
    }
  });

  test("that went by HTTPS through the operator's proxy says to stay with HTTPS; no other does", async () => {
    const hsts = async (to: TestServer, path: string, proto?: string) =>
      (await fetch(to.url + path, { headers: proto ? { "x-forwarded-proto": proto } : {} })).headers.get(
        "strict-transport-security",
      );
    for (const path of paths) {
      expect(await hsts(proxied, path, "https")).toBe("max-age=31536000");
      expect(await hsts(proxied, path, "http")).toBeNull();
      expect(await hsts(proxied, path)).toBeNull();
      expect(await hsts(server, path, "https")).toBeNull();
    }
  });
});
