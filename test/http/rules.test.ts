// Bad sessions, ids, queries, paths and methods, to every endpoint: what they are refused with, and that none makes the server
// fail or say too much. Bodies are in bodies.test.ts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  ALL,
  type Endpoint,
  expectClientError,
  HISTORIES,
  LISTS,
  newScene,
  rawCall,
  titled,
} from "../support/endpoints.ts";
import { expectInvalid, expectRefusal, startServer, type TestServer } from "../support/harness.ts";
import { sendByHand, statusOf } from "../support/raw-http.ts";

let server: TestServer;
let scene: Awaited<ReturnType<typeof newScene>>;
beforeAll(async () => {
  server = await startServer();
  scene = await newScene(server);
});
afterAll(() => server.close());

describe("without a session", () => {
  const closed = titled(ALL.filter(({ open }) => !open));
  const json = { "content-type": "application/json" };

  test.each(closed)("%s answers 401", async (_title, { method, path, body }) => {
    for (const headers of [{}, { authorization: "Bearer nonsense" }] as Record<string, string>[]) {
      const answer = await rawCall(server.url, method, scene.fill(path), body && JSON.stringify(body), {
        ...headers,
        ...(body ? json : {}),
      });
      expectRefusal(answer, 401, "unauthorized");
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  test.each(closed)("%s answers 401 before it checks ids and fields", async (_title, { method, path, body }) => {
    const wrong = path.replace(/\{\w+\}/g, "abc");
    const answer = await rawCall(server.url, method, wrong, body && "{}", body ? json : {});
    expectRefusal(answer, 401, "unauthorized");
  });
});

describe("an id that is none", () => {
  const BAD_IDS = [
    "0",
    "-1",
    "1.5",
    "abc",
    "1e3",
    "01",
    "+1",
    "0x1",
    "9007199254740993",
    "99999999999999999999",
    "%00",
    "1%00",
    "%zz",
    "%E0%A4%A",
    "1%20",
  ];
  const withIds = ALL.filter(({ path }) => path.includes("{") && !/\{(friend|user)\}/.test(path));

  test.each(titled(withIds))("%s answers 422 at its field", async (_title, endpoint) => {
    for (const [, name] of endpoint.path.matchAll(/\{(\w+)\}/g)) {
      for (const id of BAD_IDS) {
        const path = scene.fill(endpoint.path, { [name!]: id });
        expectInvalid(await scene.send(endpoint, path, endpoint.body && JSON.stringify(endpoint.body)), name!);
      }
    }
  });

  test("finds nobody where a name may stand too", async () => {
    for (const name of ["friend", "user"]) {
      const endpoint = ALL.find(({ path }) => path.includes(`{${name}}`))!;
      for (const id of BAD_IDS) {
        const answer = await scene.send(endpoint, scene.fill(endpoint.path, { [name]: id }));
        if (id.includes("%00")) expectInvalid(answer, name);
        else expectRefusal(answer, 404, "not_found");
      }
    }
  });
});

describe("a query", () => {
  const forged = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString("base64url");
  const CURSORS = [
    "x",
    "%00",
    "bm90IGpzb24",
    forged(),
    forged(1, 2, 3),
    forged(null),
    forged({}),
    forged([1]),
    forged("abc", 1),
    forged("", 1),
    forged("infinity", 1),
    forged("10000-01-01T00:00:00.000000+00:00", 1),
    forged("0001-01-01T00:00:00.000000+15:00", 1),
    forged("2026-02-30T00:00:00.000000+00:00", 1),
    forged("2026-01-13T17:00:29.317890+00:00", "1"),
    forged("2026-01-13T17:00:29.317890+00:00", 1e300),
    forged(1.5),
    forged(2 ** 60),
    forged("a\0b"),
    forged("\ud800"),
  ];
  const ask = async (endpoint: Endpoint, query: string) => {
    const path = scene.fill(endpoint.path);
    return scene.send(endpoint, `${path}${path.includes("?") ? "&" : "?"}${query}`);
  };

  test.each(titled(LISTS))("to %s with a cursor that no page gave answers 400", async (_title, endpoint) => {
    for (const cursor of CURSORS) expectRefusal(await ask(endpoint, `cursor=${cursor}`), 400, "bad_request");
    expectInvalid(await ask(endpoint, `cursor=${"a".repeat(8_193)}`), "cursor");
  });

  test.each(titled([...LISTS, ...HISTORIES]))(
    "to %s with a limit that is no whole number answers 422",
    async (_title, endpoint) => {
      for (const limit of ["1.5", "abc", "1e1", "", "%00", "+5", "0x10", "-0", "007", "9".repeat(31)]) {
        expectInvalid(await ask(endpoint, `limit=${limit}`), "limit");
      }
      for (const limit of ["1", "100"]) expect((await ask(endpoint, `limit=${limit}`)).status).toBe(200);
    },
  );

  test.each(titled([...LISTS, ...HISTORIES]))(
    "to %s in disorder never makes the server fail",
    async (_title, endpoint) => {
      for (const query of [
        "%",
        "%E0%A4%A",
        "&&&",
        "=",
        "limit",
        "limit=1&limit=2",
        "limit[]=1",
        "limit[a]=1",
        "cursor=&cursor=",
        "__proto__[x]=1",
        `a=${"b".repeat(8_000)}`,
      ]) {
        const answer = await ask(endpoint, query);
        if (answer.status !== 200) expectClientError(answer);
      }
    },
  );
});

describe("an address", () => {
  const NOWHERE = [
    "/nothing",
    "/ME",
    "/groups/1/nothing",
    "/messages",
    "/messages/1/2/3",
    "/friends/requests/a/b",
    "/.env",
  ];

  test("that there is none of answers 404 in the contract's form, with a session and without", async () => {
    for (const path of NOWHERE) {
      for (const method of ["GET", "POST", "PUT", "DELETE"] as const) {
        expectRefusal(await server.call(method, path), 404, "not_found");
        expectRefusal(await scene.send({ method, path }, path), 404, "not_found");
      }
    }
  });

  test("with broken percent-encoding, NULs or dots is refused without the server failing", async () => {
    for (const path of [
      "/%",
      "/%00",
      "/%E0%A4%A",
      "/messages/%",
      "/messages/%ff",
      "/groups/%00/messages",
      "/friends/requests/%E0%A4%A",
      "/friends/requests/%00",
      "/..%2f..%2fetc%2fpasswd",
      "/groups//messages",
      "/me%2f",
      `/${"a".repeat(8_000)}`,
      `/messages/${"9".repeat(8_000)}`,
    ]) {
      for (const method of ["GET", "POST", "PUT", "DELETE"] as const) {
        expectClientError(await scene.send({ method, path }, path));
      }
    }
  });

  test("answers HEAD as GET without a body, and other methods 404", async () => {
    const head = await rawCall(server.url, "HEAD", "/health");
    expect(head).toMatchObject({ status: 200, body: "" });
    expect((await rawCall(server.url, "HEAD", "/me")).status).toBe(401);
    for (const method of ["PATCH", "OPTIONS", "PROPFIND"]) {
      for (const path of ["/me", "/groups/1", "/nothing"]) {
        expectRefusal(await rawCall(server.url, method, path), 404, "not_found");
      }
    }
  });

  test("of a socket tells a plain request what belongs there", async () => {
    for (const path of ["/ws/conversations/1", "/ws/groups/1", "/ws/groups/abc"]) {
      expectRefusal(await server.call("GET", path), 400, "bad_request");
    }
  });
});

describe("a request by hand", () => {
  const byHand = (request: string) => sendByHand(server.url, request);

  test.each(["x", "localhost", "chat.example.org:8000", "[::1]", "a.very.long.name.example.org", "", "1"])(
    "with the Host %p finds its path",
    async (host) => {
      const answer = await byHand(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(statusOf(answer)).toBe(200);
      expect(answer).toEndWith('{"status":"ok","database":"ok"}');
    },
  );

  test("in the form that proxies use, or of HTTP/1.0, finds its path too", async () => {
    for (const line of ["GET http://x/health HTTP/1.1\r\nHost: x\r\nConnection: close", "GET /health HTTP/1.0"]) {
      expect(statusOf(await byHand(`${line}\r\n\r\n`))).toBe(200);
    }
  });

  test.each([
    "GARBAGE",
    "GET",
    "GET /he\0alth HTTP/1.1\r\nHost: x",
    "GET /caf\xe9 HTTP/1.1\r\nHost: x\r\nConnection: close",
    "GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\nConnection: close",
    "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: abc",
    "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -5",
    "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\nConnection: close\r\n\r\nzz",
    `GET /me HTTP/1.1\r\nHost: x\r\nX-Long: ${"a".repeat(100_000)}`,
  ])("that is broken (%#) is refused, and the server goes on", async (request) => {
    const answer = await byHand(`${request}\r\n\r\n`).catch(() => "cut off");
    if (answer !== "cut off" && answer !== "") expect(statusOf(answer)).toBeWithin(400, 600);
    expect(statusOf(answer)).not.toBe(500);
    expect((await server.call("GET", "/health")).status).toBe(200);
  });
});

describe("a password", () => {
  test("comes back in no answer, whatever was wrong with the rest", async () => {
    const password = "a-private-password";
    const long = password.padEnd(129, "!");
    const form = "application/x-www-form-urlencoded";
    const answers = [
      await server.call("POST", "/register", { username: "x", email: "x", password }),
      await server.call("POST", "/register", { username: "tester", email: "tester@example.com", password: long }),
      await server.call("POST", "/register", { username: password, email: password, password: [password] }),
      await server.call("POST", "/login", { username: "nobody", password }),
      await server.call("POST", "/login", { username: "nobody", password: long }),
      await server.call("POST", "/login", { username: { password }, password: { password } }),
      await server.call("POST", "/login", `{"password":"${password}"`, { "content-type": "application/json" }),
      await server.call("POST", "/login", `password=${password}&password=${password}`, { "content-type": form }),
      await server.call("POST", "/login", `password=${password}`, { "content-type": "text/plain" }),
    ];
    for (const answer of answers) {
      expectClientError(answer);
      expect(JSON.stringify([answer.body, [...answer.headers]])).not.toContain(password);
    }
  });
});
