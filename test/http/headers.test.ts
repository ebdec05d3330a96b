// Headers that browsers go by: which origins may call from elsewhere, and what keeps answers from being misused.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rawCall } from "../support/endpoints.ts";
import { type Answer, startServer, type TestServer } from "../support/harness.ts";

const ORIGIN = "https://chat.example.org";
const OTHER = "http://localhost:5173";

let closed: TestServer;
let listed: TestServer;
let open: TestServer;
beforeAll(async () => {
  [closed, listed, open] = await Promise.all([
    startServer(),
    startServer({ corsOrigins: [ORIGIN, OTHER] }),
    startServer({ corsOrigins: ["*"] }),
  ]);
});
afterAll(() => Promise.all([closed, listed, open].map((server) => server.close())));

const corsOf = (answer: Answer) => [...answer.headers.keys()].filter((name) => name.startsWith("access-control-"));
const allowed = (answer: Answer) => answer.headers.get("access-control-allow-origin");
const preflight = (server: TestServer, origin: string) =>
  rawCall(server.url, "OPTIONS", "/me", undefined, {
    origin,
    "access-control-request-method": "PUT",
    "access-control-request-headers": "authorization,content-type",
  });

/** One answer of each sort: a success and every way to be refused before, in and after the routes. */
async function answersTo(server: TestServer, headers: Record<string, string>) {
  const json = { ...headers, "content-type": "application/json" };
  return Promise.all([
    rawCall(server.url, "GET", "/health", undefined, headers),
    rawCall(server.url, "GET", "/me", undefined, headers),
    rawCall(server.url, "GET", "/nothing", undefined, headers),
    rawCall(server.url, "POST", "/login", "{", json),
    rawCall(server.url, "POST", "/login", "{}", json),
    rawCall(server.url, "POST", "/login", `"${"x".repeat(70_000)}"`, json),
  ]);
}
const STATUSES = [200, 401, 404, 400, 422, 413];

describe("without origins allowed", () => {
  test("no answer has a CORS header, whoever asks", async () => {
    for (const origin of [ORIGIN, "null", closed.url]) {
      const answers = await answersTo(closed, { origin });
      expect(answers.map(({ status }) => status)).toEqual(STATUSES);
      for (const answer of [...answers, await preflight(closed, origin)]) expect(corsOf(answer)).toEqual([]);
    }
  });
});

describe("with origins listed", () => {
  test.each([ORIGIN, OTHER])(
    "%s is named in every answer, refusals too, so that its scripts can read them",
    async (origin) => {
      const answers = await answersTo(listed, { origin });
      expect(answers.map(({ status }) => status)).toEqual(STATUSES);
      for (const answer of answers) {
        expect(allowed(answer)).toBe(origin);
        expect(answer.headers.get("vary")?.toLowerCase()).toContain("origin");
      }
    },
  );

  test("a browser that asks first is told what it may do, and that cookies are no part of it", async () => {
    const { status, headers } = await preflight(listed, ORIGIN);
    expect(status).toBeWithin(200, 300);
    expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
    const list = (name: string) => (headers.get(name) ?? "").toLowerCase().split(/,\s*/).sort();
    expect(list("access-control-allow-methods")).toEqual(["delete", "get", "head", "patch", "post", "put"]);
    expect(list("access-control-allow-headers")).toEqual([
      "authorization",
      "content-type",
      "range",
      "tus-resumable",
      "upload-length",
      "upload-metadata",
      "upload-offset",
      "x-http-method-override",
      "x-request-id",
    ]);
    expect(Number(headers.get("access-control-max-age"))).toBeGreaterThan(0);
    expect(headers.get("access-control-allow-credentials")).toBeNull();
  });

  test("scripts may read Retry-After", async () => {
    const [answer] = await answersTo(listed, { origin: ORIGIN });
    expect(answer!.headers.get("access-control-expose-headers")?.toLowerCase()).toContain("retry-after");
  });

  test.each([
    "https://evil.example",
    "https://chat.example.org.evil.example",
    "https://evilchat.example.org",
    "http://chat.example.org",
    "https://chat.example.org:8443",
    "https://CHAT.example.org.",
    "null",
    "",
  ])("%p is not among them", async (origin) => {
    for (const answer of [...(await answersTo(listed, { origin })), await preflight(listed, origin)]) {
      expect(allowed(answer)).toBeNull();
    }
  });
});

describe("with every origin allowed", () => {
  test("any may call, and none with cookies", async () => {
    for (const origin of ["https://anywhere.example", "null"]) {
      for (const answer of [...(await answersTo(open, { origin })), await preflight(open, origin)]) {
        expect([origin, "*"]).toContain(allowed(answer)!);
        expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
      }
    }
  });
});

describe("every answer", () => {
  test("forbids guessing its type, framing it, keeping it and passing its address on", async () => {
    for (const answer of await answersTo(closed, {})) {
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      });
      expect(answer.headers.get("content-type")).toStartWith("application/json");
    }
  });

  test("says nothing of the software behind it and sets no cookie", async () => {
    for (const answer of await answersTo(closed, {})) {
      for (const name of ["server", "x-powered-by", "set-cookie"]) expect(answer.headers.get(name)).toBeNull();
    }
  });

  test("that is a 401 says how to come with a session", async () => {
    const [, unauthorized] = await answersTo(closed, {});
    expect(unauthorized!.headers.get("www-authenticate")).toBe("Bearer");
  });
});
