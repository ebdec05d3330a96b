// What /openapi.json promises to those who read it, and to the tools that do. Whether it is true: examples.test.ts.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { startServer, type TestServer } from "../support/harness.ts";
import { type Described, readDocument } from "./document.ts";
import type { Json } from "./shape.ts";

let server: TestServer;
let document: Json;
let operations: Described[];

beforeAll(async () => {
  server = await startServer();
  ({ document, operations } = await readDocument(server));
});
afterAll(() => server.close());

test("every route is described but those of the documents, the sockets, the web client and what browsers are sent back to", () => {
  const described = operations.map(({ path, method }) => `${method} ${path.replace(/\{(\w+)\}/g, ":$1")}`);
  const served = server.app.routes
    .filter(
      ({ path }) =>
        !/^\/(\.well-known|docs|ws|(open|async)api\.json|assets|icon|favicon|manifest|$)|\/callback$/.test(path) &&
        !path.includes("*"),
    )
    .map(({ method, path }) => `${method.toLowerCase()} ${path}`);
  expect(served.length).toBeGreaterThan(40);
  expect(described.toSorted()).toEqual([...new Set(served)].toSorted());
});

test("every operation has a name of its own, prose, a tag, and an example of its request and of each answer", () => {
  expect(document.openapi).toStartWith("3.");
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+([A-Z][a-z]*)*$/);
  const tags = document.tags.map((tag: Json) => tag.name);
  for (const { name, operation } of operations) {
    expect([name, operation.summary?.length > 0, operation.description?.length > 0]).toEqual([name, true, true]);
    expect([name, operation.tags.length === 1 && tags.includes(operation.tags[0])]).toEqual([name, true]);
    const bodies = [operation.requestBody, ...Object.values<Json>(operation.responses)].filter(Boolean);
    for (const { content } of bodies) {
      for (const media of Object.values<Json>(content ?? {}))
        expect([name, media.schema && media.example !== undefined]).toEqual([name, true]);
    }
    for (const [status, response] of Object.entries<Json>(operation.responses)) {
      expect([name, status, response.description.length > 0]).toEqual([name, status, true]);
    }
  }
});

test("operations are named as a person would name them, each verb by its method", () => {
  const VERBS: Record<string, RegExp> = {
    get: /^(get|list|search)[A-Z]/,
    head: /^get[A-Z]/,
    options: /^get[A-Z]/,
    patch: /^append[A-Z]/,
    post: /^(register|logIn|logOut|logOutUser)$|^(send|accept|decline|open|create|join|leave|add|renew|request|reset|verify)[A-Z]/,
    put: /^(add|change|block|edit|update|set|mark|mute|unmute|ban)[A-Z]/,
    delete: /^(remove|cancel|unblock|delete|end|leave|lift|revoke)[A-Z]/,
  };
  for (const { name, method, operation } of operations) {
    expect([name, operation.operationId]).toEqual([name, expect.stringMatching(VERBS[method]!)]);
    // Nothing of the path's form is left in it, and a list is named by what it lists.
    expect([name, /By[A-Z]|Id\b|Post|Put|Delete[A-Z]/.test(operation.operationId)]).toEqual([name, false]);
    const isList = "next_cursor" in (operation.responses[200]?.content?.["application/json"]?.schema?.properties ?? {});
    expect([name, /^(list|search)/.test(operation.operationId)]).toEqual([name, isList]);
  }
  const names = operations.map(({ operation }) => operation.operationId);
  for (const wanted of ["muteMember", "sendMessage", "listGroupEvents", "acceptFriendRequest"])
    expect(names).toContain(wanted);
});

test("log-out is the last operation, so that the document can be run from the top", () => {
  expect(operations[0]!.name).toBe("post /register");
  expect(operations[1]!.name).toBe("post /login");
  expect(operations.at(-1)!.name).toBe("post /logout");
});

test("path parameters are all declared, ids as bounded integers", () => {
  for (const { name, path, operation } of operations) {
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    const declared = (operation.parameters ?? []).filter((parameter: Json) => parameter.in === "path");
    expect([name, declared.map((parameter: Json) => parameter.name).toSorted()]).toEqual([name, wanted.toSorted()]);
    for (const { name: parameter, schema } of declared) {
      if (!["friend", "user", "emoji", "avatar", "code", "external_id", "provider", "name"].includes(parameter))
        expect(schema).toMatchObject({ type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
    }
  }
});

test("a session is asked for exactly where a call without one is refused", async () => {
  for (const { name, path, method, operation } of operations) {
    const answer = await server.call(method.toUpperCase(), path.replace(/\{\w+\}/g, "1"));
    expect([name, operation.security.length > 0]).toEqual([name, answer.status === 401]);
  }
});

test("no format and no keyword of ours is left in it", () => {
  const formats = new Set<string>();
  const look = (part: Json) => {
    if (typeof part !== "object" || part === null) return;
    if (typeof part.format === "string") formats.add(part.format);
    for (const value of Object.values(part)) look(value);
  };
  look(document.paths);
  look(document.components);
  expect([...formats].toSorted()).toEqual(["date-time", "email", "uuid"]);
});
