// What API keys may do: every route and every command, with every scope.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { COMMANDS } from "../../src/protocol/index.ts";
import { SCOPES, type Scope } from "../../src/protocol/scopes.ts";
import { expectRefusal, type Json, newPair, startServer, type TestServer } from "../support/harness.ts";
import { makeAdmin, withKey } from "../support/keys.ts";

/** Security of accounts, and what ends or makes what acts for them: for people who have logged in. */
const NO_KEY = [
  "DELETE /sessions",
  "DELETE /sessions/{session_id}",
  "GET /sessions",
  "POST /logout",
  "POST /me/email/verification",
  "POST /sessions/renew",
  "PUT /me/email",
  "PUT /me/password",
];
/** What changes nothing, although it is no GET. */
const READS = ["POST /files/token"];

let server: TestServer;
let calls: { name: string; method: string; path: string; scope: Scope | null }[];
beforeAll(async () => {
  server = await startServer();
  const { body } = await server.call("GET", "/openapi.json");
  calls = Object.entries<Json>(body.paths).flatMap(([path, operations]) =>
    Object.entries<Json>(operations).flatMap(([verb, { security }]) => {
      const method = verb.toUpperCase();
      if (!security?.some((one: Json) => one.bearer)) return [];
      return { name: `${method} ${path}`, method, path, scope: security[0].bearer[0] ?? null };
    }),
  );
});
afterAll(() => server.close());

/** The address with ids that are nobody's. */
const addressOf = (path: string) =>
  path.replace(/\{(\w+)\}/g, (_, name) => (name === "emoji" ? encodeURIComponent("👍") : "999999999"));

const callAs = (key: { token: string }, method: string, path: string) =>
  server.call(method, path, method === "GET" || method === "HEAD" ? undefined : {}, {
    authorization: `Bearer ${key.token}`,
  });

const DENIED = /API key|those who run the server/;
// (The answer to a HEAD has no body.)
const isDenied = ({ status, body }: { status: number; body: Json }) =>
  status === 403 && (body === "" || DENIED.test(body.detail));

describe("a key", () => {
  test("may call each route with the scope that it declares, and with no other", async () => {
    const user = await server.newUser();
    await makeAdmin(server, user);
    expect(calls.length).toBeGreaterThan(60);
    for (const scope of SCOPES) {
      const key = await withKey(server, user, [scope]);
      for (const call of calls) {
        const answer = await callAs(key, call.method, addressOf(call.path));
        expect({ call: call.name, scope, isDenied: isDenied(answer) }).toEqual({
          call: call.name,
          scope,
          isDenied: call.scope !== scope && !(call.scope === "moderate" && scope === "admin"),
        });
      }
    }
  });

  test("without a scope may call nothing", async () => {
    const key = await withKey(server, await server.newUser(), []);
    for (const { name, method, path } of calls) {
      const answer = await callAs(key, method, addressOf(path));
      expect({ name, isDenied: isDenied(answer) }).toEqual({ name, isDenied: true });
    }
  });

  test("never touches the security of the account", () => {
    const closed = calls.filter(({ scope }) => scope === null).map(({ name }) => name);
    // What is declared for no scope is closed as well.
    expect(closed).toEqual(expect.arrayContaining(NO_KEY));
  });

  test("changes nothing with `read`", () => {
    const reads = calls.filter(({ scope }) => scope === "read").map(({ name }) => name);
    expect(reads.filter((name) => !name.startsWith("GET ")).sort()).toEqual(READS);
  });

  test.each([
    ["admin", null, ["admin", "moderate"]],
    ["moderate", null, ["admin", "moderate"]],
    ["admin", "moderator", ["admin"]],
    ["moderate", "moderator", ["admin"]],
  ] as const)("with `%s` of somebody with the role %p may not call what takes %p", async (scope, role, denied) => {
    const user = await server.newUser();
    await server.core.sql`update users set role = ${role} where id = ${user.id}`;
    const key = await withKey(server, user, [scope]);
    for (const call of calls.filter((one) => one.scope === "admin" || one.scope === "moderate")) {
      const answer = await callAs(key, call.method, addressOf(call.path));
      expect({ name: call.name, isDenied: isDenied(answer) }).toEqual({
        name: call.name,
        isDenied: (denied as readonly string[]).includes(call.scope!),
      });
    }
  });

  test("is refused by a file's address without `read`, as elsewhere", async () => {
    const key = await withKey(server, await server.newUser(), ["write"]);
    for (const path of ["/files/1/content", "/files/1/thumbnail"]) expectRefusal(await key.get(path), 403, "forbidden");
  });
});

describe("on sockets a key", () => {
  test("may send each command with the scope that it declares, and with no other", async () => {
    const { ali, conversationId } = await newPair(server);
    for (const others of [["write"], []] as Scope[][]) {
      const socket = await server.connect(await withKey(server, ali, ["read", ...others]), "/ws");
      await socket.ready();
      for (const { type, scope } of COMMANDS) {
        const isGroup = type.startsWith("group.");
        socket.send({
          type,
          ref: type,
          ...(isGroup ? { group_id: 999_999_999 } : { conversation_id: conversationId }),
          ...(type.endsWith("message.send") && { body: "Hello" }),
          ...(type.endsWith(".read") && { last_message_id: 1 }),
          ...(type === "auth" && { token: ali.token }),
          ...(type === "resume" && { rooms: {} }),
        });
        if (type === "ping") continue;
        const answer = await socket.find(type, (frame) => frame.ref === type);
        const mayNot = scope !== "any" && !["read", ...others].includes(scope);
        expect({ type, denied: DENIED.test(answer.detail ?? "") }).toEqual({ type, denied: mayNot });
        // The token of the log-in may do everything.
        if (type === "auth") break;
      }
      socket.ws.close();
    }
  });

  test("connects with `read` alone, and does not renew a connection without it", async () => {
    const user = await server.newUser();
    const writer = await withKey(server, user, ["write"]);
    const refused = await server.connect(writer, "/ws");
    expect(await refused.closed).toEqual({ code: 1008, reason: "forbidden" });
    const socket = await server.connect(user, "/ws");
    await socket.ready();
    socket.send({ type: "auth", token: writer.token, ref: "a" });
    expect(await socket.find("the answer", (frame) => frame.ref === "a")).toMatchObject({
      type: "error",
      code: "forbidden",
    });
  });
});
